import { compactVerify } from "jose/jws/compact/verify";
import {
  type Algorithm,
  type KeySet,
  mintCapability,
  newKey,
  type PrivateSigningKey,
  systemClock,
  systemRandom,
  verifyCapability,
} from "../src/index.js";
import { type Figure, quantile, rounded } from "./figure.js";

/**
 * Verifications of a capability token a second of one core: strict reading, signature, claims. Beside jose's verification of the
 * signature alone, one after the other, as a gateway does that waits for each.
 */
export async function tokenFigures(): Promise<Figure[]> {
  const figures: Figure[] = [];
  const p99: number[] = [];
  for (const [alg, bar] of [
    ["HS256", 10_000],
    ["EdDSA", 6000],
    ["ES256", undefined],
  ] as const) {
    const { keySet, key, token } = await minted(alg);
    const ours = await rate(async (times) => {
      for (let n = 0; n < times; n++) if (!verifyCapability(keySet, token, systemClock).ok) throw new Error("refused");
    });
    const theirs = await rate(async (times) => {
      for (let n = 0; n < times; n++) await compactVerify(token, key.verifyKey, { algorithms: [alg] });
    });
    figures.push({
      name: `token verifications, ${alg}, one core`,
      value: rounded(ours),
      unit: "a second",
      ...(bar === undefined ? {} : { bar: `≥ ${bar.toLocaleString("en").replace(",", " ")}`, met: ours >= bar }),
      peer: { name: "jose compactVerify", value: rounded(theirs) },
      ratio: rounded(ours / theirs),
    });
    p99.push(longest(() => verifyCapability(keySet, token, systemClock)));
  }
  return [...figures, validationFigure(Math.max(...p99))];
}

/**
 * How long the validation of one token takes, for nearly all of them.
 *
 * @requirement EXE-21
 */
function validationFigure(p99: number): Figure {
  const name = "token validation by the slowest algorithm, p99";
  return { name, value: rounded(p99), unit: "ms", bar: "< 10 ms", met: p99 < 10 };
}

/** Milliseconds that all but the slowest hundredth of 4000 take, by the clock. */
function longest(verify: () => unknown): number {
  const times = Array.from({ length: 4000 }, () => {
    const startedMs = performance.now();
    verify();
    return performance.now() - startedMs;
  });
  return quantile(times, 0.99);
}

async function minted(alg: Algorithm): Promise<{ keySet: KeySet; key: PrivateSigningKey; token: string }> {
  const key = newKey(alg, "capability", systemClock.nowMs(), systemRandom);
  const keySet = { keys: [key] };
  const sha = "ab".repeat(32);
  const grant = { sub: "ann", approval_id: "approval-1", cmd_hash: sha, bundle_sha256: sha, life_s: 300 };
  const made = await mintCapability(keySet, grant, systemClock, systemRandom);
  if (!made.ok) throw new Error(made.error.message);
  return { keySet, key, token: made.value.token };
}

/** The median of five rounds after one to warm up, by the process's own time on its cores: others do not count. */
async function rate(verify: (times: number) => Promise<void>): Promise<number> {
  const times = 4000;
  const rates: number[] = [];
  for (let round = 0; round < 6; round++) {
    const before = process.cpuUsage();
    await verify(times);
    const { user, system } = process.cpuUsage(before);
    rates.push((times / (user + system)) * 1e6);
  }
  return quantile(rates.slice(1), 0.5);
}
