import { createPublicKey } from "node:crypto";
import { type Clock, err, ok, type Problem, type Random, type Result } from "../model/index.js";
import { maxBearerLifeS } from "./bearer-token.js";
import { maxCapabilityLifeS } from "./capability-token.js";
import { maxKeys } from "./key-set.js";
import { newKey } from "./new-key.js";
import { type Algorithm, type KeySet, keyState, type Purpose, type SigningKey } from "./signing-key.js";

/** How long a key verifies after it was replaced, in milliseconds: the longest life of its tokens and a minute for clocks. */
const lingerMs: Readonly<Record<Purpose, number | null>> = {
  capability: (maxCapabilityLifeS + 60) * 1000,
  bearer: (maxBearerLifeS + 60) * 1000,
  // Logs are kept for years, and so is what they are verified with.
  checkpoint: null,
};

/** What is made: one key for a purpose. */
export type KeyWish = { readonly purpose: Purpose; readonly alg: Algorithm };

/** Adds the first key for a purpose. @returns on failure `key/invalid`: there is one that signs already, or it cannot be */
export function addKey(
  keySet: KeySet,
  { purpose, alg }: KeyWish,
  clock: Clock,
  random: Random,
): Result<KeySet, Problem> {
  const nowMs = clock.nowMs();
  const keys = withoutRetired(keySet, nowMs);
  if (keys.some((key) => isCurrent(key, purpose))) {
    const hint = `replace it with: lockkeeper keys rotate --purpose ${purpose}`;
    return err({ code: "key/invalid", message: `there is a key for the purpose ${purpose} already`, hint });
  }
  return grown(keys, { purpose, alg }, nowMs, random);
}

/** How a key is replaced. */
export type Rotation = {
  readonly purpose: Purpose;
  /** Default: that of the key that is replaced. */
  readonly alg?: Algorithm;
  /** The old key was stolen: it verifies nothing from now on, and its tokens go with it. Never for checkpoints. */
  readonly dropOld?: boolean;
};

/**
 * Puts a new key in the place of the current one. The old one verifies until its tokens' longest life is past; its private
 * half is forgotten at once. Keys whose time is past are dropped.
 *
 * @returns on failure `key/missing`: there is none to replace; or `key/invalid`
 */
export function rotateKey(keySet: KeySet, rotation: Rotation, clock: Clock, random: Random): Result<KeySet, Problem> {
  const { purpose, dropOld = false } = rotation;
  const nowMs = clock.nowMs();
  const alive = withoutRetired(keySet, nowMs);
  const old = alive.find((key) => isCurrent(key, purpose));
  if (old === undefined) {
    const hint = `make one with: lockkeeper keys generate --purpose ${purpose}`;
    return err({ code: "key/missing", message: `there is no key for the purpose ${purpose}`, hint });
  }
  if (dropOld && purpose === "checkpoint") {
    return err({ code: "key/invalid", message: "checkpoints that were signed could then not be verified" });
  }
  const kept = alive.flatMap((key) => (key.purpose !== purpose ? [key] : dropOld ? [] : [retiring(key, nowMs)]));
  return grown(kept, { purpose, alg: rotation.alg ?? old.alg }, nowMs, random);
}

/** Drops the keys that verify nothing any more. */
export function withoutRetired({ keys }: KeySet, nowMs: number): readonly SigningKey[] {
  return keys.filter((key) => keyState(key, nowMs) !== "retired");
}

function isCurrent(key: SigningKey, purpose: Purpose): boolean {
  return key.purpose === purpose && key.replaced_ms === null;
}

function retiring(key: SigningKey, nowMs: number): SigningKey {
  if (key.replaced_ms !== null) return key;
  const linger = lingerMs[key.purpose];
  const verifyKey = key.alg === "HS256" || key.privateKey === null ? key.verifyKey : createPublicKey(key.privateKey);
  const retire_at_ms = linger === null ? null : nowMs + linger;
  return { ...key, verifyKey, privateKey: null, replaced_ms: nowMs, retire_at_ms };
}

function grown(
  keys: readonly SigningKey[],
  { purpose, alg }: KeyWish,
  nowMs: number,
  random: Random,
): Result<KeySet, Problem> {
  if (purpose === "checkpoint" && alg !== "EdDSA") {
    return err({ code: "key/invalid", message: "checkpoints are signed with EdDSA" });
  }
  if (keys.length >= maxKeys) return err({ code: "key/invalid", message: `there are ${maxKeys} keys already` });
  return ok({ keys: [...keys, newKey(alg, purpose, nowMs, random)] });
}
