import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { systemClock, systemRandom } from "../../host/index.js";
import { ok, type Problem, type Result } from "../../model/index.js";
import {
  addKey,
  changeKeyFile,
  currentKey,
  type KeyChange,
  type KeySet,
  keyState,
  type Purpose,
  publicJwk,
  purposes,
  readKeyFile,
  rotateKey,
  type SigningKey,
} from "../../token/index.js";
import type { KeysFlags } from "../keys.js";
import { CommandFailure, type Terminal } from "../terminal.js";

/** Makes the keys that are missing, or the one that was asked for. */
export async function generate(
  { keys: file, purpose, algorithm = "EdDSA" }: KeysFlags,
  terminal: Terminal,
): Promise<number> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  return change(file, terminal, (keySet) => {
    const missing = purposes.filter((one) => !currentKey(keySet, one, systemClock.nowMs()).ok);
    const wanted = purpose === undefined && missing.length > 0 ? missing : [purpose ?? purposes[0]];
    return overEach(keySet, wanted, (before, one) => {
      const alg = one === "checkpoint" && purpose === undefined ? "EdDSA" : algorithm;
      return addKey(before, { purpose: one, alg }, systemClock, systemRandom);
    });
  });
}

/** Replaces the current keys, or the one that was asked for. */
export async function rotate(
  { keys: file, purpose, algorithm, stolen }: KeysFlags,
  terminal: Terminal,
): Promise<number> {
  return change(file, terminal, (keySet) => {
    const there = purposes.filter((one) => keySet.keys.some((key) => key.purpose === one && key.replaced_ms === null));
    // Checkpoints are never dropped, nor signed with anything else: nobody means them who does not name them.
    const meant = there.filter((one) => one !== "checkpoint" || (stolen === undefined && algorithm === undefined));
    const wanted = purpose === undefined && meant.length > 0 ? meant : [purpose ?? purposes[0]];
    return overEach(keySet, wanted, (before, one) => {
      const how = { ...(algorithm === undefined ? {} : { alg: algorithm }), dropOld: stolen === true };
      return rotateKey(before, { purpose: one, ...how }, systemClock, systemRandom);
    });
  });
}

/** Lists the keys of a file. */
export async function list({ keys: file }: KeysFlags, terminal: Terminal): Promise<number> {
  const keySet = await readKeyFile(file);
  if (!keySet.ok) throw new CommandFailure(keySet.error);
  show(file, keySet.value, terminal);
  return 0;
}

async function change(file: string, terminal: Terminal, how: KeyChange): Promise<number> {
  const changed = await changeKeyFile(file, how);
  if (!changed.ok) throw new CommandFailure(changed.error);
  show(file, changed.value, terminal);
  return 0;
}

function overEach(
  keySet: KeySet,
  wanted: readonly Purpose[],
  step: (before: KeySet, purpose: Purpose) => Result<KeySet, Problem>,
): Result<KeySet, Problem> {
  let result: Result<KeySet, Problem> = ok(keySet);
  for (const purpose of wanted) if (result.ok) result = step(result.value, purpose);
  return result;
}

function show(file: string, { keys }: KeySet, terminal: Terminal): void {
  const nowMs = systemClock.nowMs();
  if (terminal.json) {
    terminal.out(JSON.stringify({ ok: true, file, keys: keys.map((key) => described(key, nowMs)) }));
    return;
  }
  terminal.out(file);
  for (const key of keys) {
    const { kid, alg, purpose, state, created, retire_at } = described(key, nowMs);
    const until = retire_at === null ? "" : `, verifies until ${retire_at}`;
    const style = state === "current" ? "green" : "dim";
    terminal.out(
      `  ${kid.padEnd(16)}  ${alg.padEnd(5)}  ${purpose.padEnd(10)}  ${terminal.paint(style, state.padEnd(8))}  created ${created ?? "unknown"}${until}`,
    );
  }
}

function described(key: SigningKey, nowMs: number) {
  const { kid, alg, purpose, created_ms, retire_at_ms } = key;
  const state = keyState(key, nowMs);
  const times = { created: instant(created_ms), retire_at: instant(retire_at_ms) };
  return { kid, alg, purpose, state, ...times, public_jwk: publicJwk(key) ?? null };
}

function instant(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
