/**
 * Claim: a token is accepted only as it was minted, byte for byte, and then tells the rules exactly what it was minted for,
 * which they hold it to.
 *
 * Why: whoever can change one byte of a token unnoticed, or have one claim read as another, runs what nobody approved.
 * How: tokens by each algorithm for a request that is allowed. Some stay as they are, and must be allowed; some have bytes
 * changed, taken out or put in, and must not verify; some are well signed with one claim for something else, and must
 * verify, say so, and be refused by the rule that is about it.
 */
import { hash } from "node:crypto";
import fc from "fast-check";
import {
  algorithms,
  type CapabilityGrant,
  type Clock,
  type KeySet,
  mintCapability,
  newKey,
  type Random,
  type RequestInput,
  verifyCapability,
} from "../../src/index.js";
import { type Attack, claim, rulesOf } from "./attack.js";
import { commandAction, gatewayRequest, nowMs } from "./base-request.js";

/** A claim for something else, and the rule that must notice. */
type Misuse = { readonly rule: string; readonly grant?: Partial<CapabilityGrant>; readonly laterMs?: number };

const other = "c".repeat(64);
const misuses: readonly Misuse[] = [
  { rule: "token/wrong_issuer", grant: { iss: "lockkeeper2" } },
  { rule: "token/wrong_audience", grant: { aud: "lockkeeper" } },
  { rule: "token/wrong_subject", grant: { sub: "agent-8" } },
  { rule: "token/approval_mismatch", grant: { approval_id: "approval-2" } },
  { rule: "token/command_mismatch", grant: { cmd_hash: other } },
  { rule: "token/command_mismatch", grant: { binary_sha256: other } },
  { rule: "token/bundle_mismatch", grant: { bundle_sha256: other } },
  { rule: "token/expired", laterMs: 60_000 },
  { rule: "token/not_yet_valid", laterMs: -1 },
  { rule: "token/issued_in_future", laterMs: -1 },
];

/** How a token is changed: at a share of its length, as many bytes taken out, and these put in. */
type Edit = { readonly at: number; readonly taken: number; readonly put: string };

function edited(token: string, { at, taken, put }: Edit): string {
  const from = Math.floor(at * token.length);
  return token.slice(0, from) + put + token.slice(from + taken);
}

/** The same bytes each time, so that a counterexample replays. */
function fixedRandom(): Random {
  let count = 0;
  return {
    bytes: (length) => {
      count += 1;
      return hash("sha512", `never-accepts-a-forged-token ${count}`, "buffer").subarray(0, length);
    },
  };
}

async function minted(keySet: KeySet, grant: CapabilityGrant, clock: Clock, random: Random): Promise<string> {
  const made = await mintCapability(keySet, grant, clock, random);
  if (!made.ok) throw new Error(made.error.message);
  return made.value.token;
}

export const neverAcceptsAForgedToken: Attack = {
  id: "never-accepts-a-forged-token",
  claim: "a token is accepted only as it was minted, and tells the rules exactly what it was minted for",
  requirements: ["EXE-03", "EXE-07"],
  weight: 1,
  property: ({ decide, data }) => {
    const random = fixedRandom();
    const clock: Clock = { nowMs: () => nowMs };
    const keySets = algorithms.map((alg) => ({ keys: [newKey(alg, "capability", nowMs, random)] }));
    const base = gatewayRequest(commandAction(["cat", "a.txt"]), Object.keys(data.quota.limits));
    const grant = { sub: base.subject.id, approval_id: "approval-1", cmd_hash: base.action.cmd_hash };
    const edit = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      taken: fc.nat(3),
      put: fc.oneof(
        fc.string({ maxLength: 3 }),
        fc.constantFrom("A", ".", "=", "..", "e30", "\n", "\0", "é"),
        fc.string({ unit: "binary", maxLength: 2 }),
      ),
    });
    const how = fc.oneof(
      fc.record({ edits: fc.array(edit, { maxLength: 2 }), misuse: fc.constant(undefined) }),
      fc.record({ edits: fc.constant([]), misuse: fc.constantFrom(...misuses) }),
    );
    // Each token is minted once, when it is first needed.
    const tokens = new Map<string, Promise<string>>();
    const tokenFor = (keySet: KeySet, misuse: Misuse | undefined) => {
      const name = `${keySet.keys[0]?.alg} ${misuse === undefined ? "good" : misuses.indexOf(misuse)}`;
      const token = tokens.get(name) ?? minted(keySet, { ...grant, ...misuse?.grant }, clock, random);
      tokens.set(name, token);
      return token;
    };
    return fc.asyncProperty(fc.constantFrom(...keySets), how, async (keySet, { edits, misuse }) => {
      const token = await tokenFor(keySet, misuse);
      const sent = edits.reduce(edited, token);
      const verified = verifyCapability(keySet, sent, clock);
      claim(
        verified.ok === (sent === token),
        () => `${verified.ok ? "accepted" : "refused"} after ${edits.length} edits`,
      );
      if (!verified.ok) return;
      const { sub, approval_id, cmd_hash } = { ...grant, ...misuse?.grant };
      const told = verified.value;
      const exact = told.sub === sub && told.approval_id === approval_id && told.cmd_hash === cmd_hash;
      claim(exact, () => `minted for ${sub} ${approval_id} ${cmd_hash}, tells ${JSON.stringify(told)}`);
      const request: RequestInput = {
        ...base,
        now_ms: nowMs + (misuse?.laterMs ?? 0),
        token: { ...told, replayed: false, store_since_s: 0 },
      };
      const decision = decide("request", request);
      claim(
        decision.allow === (misuse === undefined),
        () => `allow=${decision.allow} with ${misuse?.rule ?? "a good token"}`,
      );
      if (misuse !== undefined) claim(rulesOf(decision).includes(misuse.rule), () => `${misuse.rule} is not named`);
    });
  },
};
