import type { KeyObject } from "node:crypto";
import { err, ok, type Problem, type Result } from "../model/index.js";

/** What tokens are signed with. EdDSA is Ed25519, ES256 is ECDSA over P-256, HS256 is HMAC with a secret of 256 bit and more. */
export const algorithms = ["EdDSA", "ES256", "HS256"] as const;
export type Algorithm = (typeof algorithms)[number];

/** What a key is for. No key is for two things. */
export const purposes = ["capability", "bearer", "checkpoint"] as const;
export type Purpose = (typeof purposes)[number];

/** One key with the one algorithm that it is used with. `KeyObject`s show nothing of themselves when they are printed. */
export type SigningKey = {
  readonly kid: string;
  readonly alg: Algorithm;
  readonly purpose: Purpose;
  /** Null where the file does not say. */
  readonly created_ms: number | null;
  /** When another took its place; null while it is the one that signs. */
  readonly replaced_ms: number | null;
  /** From when on it verifies nothing; null where it always will. */
  readonly retire_at_ms: number | null;
  /** Null where only the public half is here. */
  readonly privateKey: KeyObject | null;
  /** The public half, or the secret itself. */
  readonly verifyKey: KeyObject;
};

/** Keys that are held together. Their ids differ, and one at most is current for each purpose. */
export type KeySet = { readonly keys: readonly SigningKey[] };

/** How far a key is in its life. */
export type KeyState = "current" | "retiring" | "retired";

/** Whether a key signs, only verifies, or is no longer used, at a time. */
export function keyState({ replaced_ms, retire_at_ms }: SigningKey, nowMs: number): KeyState {
  if (retire_at_ms !== null && nowMs >= retire_at_ms) return "retired";
  return replaced_ms === null ? "current" : "retiring";
}

/** The key with this id, whatever the id is, if it is for this purpose and still verifies. */
export function verifyingKey(keySet: KeySet, kid: unknown, purpose: Purpose, nowMs: number): SigningKey | undefined {
  const key = keySet.keys.find((one) => one.kid === kid && one.purpose === purpose);
  return key === undefined || keyState(key, nowMs) === "retired" ? undefined : key;
}

/** A key that can sign. */
export type PrivateSigningKey = SigningKey & { readonly privateKey: KeyObject };

/**
 * The key that signs for a purpose.
 *
 * @returns on failure `key/missing`
 * @requirement EXE-17
 */
export function currentKey(keySet: KeySet, purpose: Purpose, nowMs: number): Result<PrivateSigningKey, Problem> {
  for (const key of keySet.keys) {
    const { privateKey } = key;
    if (key.purpose !== purpose || privateKey === null || keyState(key, nowMs) !== "current") continue;
    return ok({ ...key, privateKey });
  }
  return err({
    code: "key/missing",
    message: `there is no key to sign with for the purpose ${purpose}`,
    hint: `make one with: lockkeeper keys generate --purpose ${purpose}`,
  });
}

/**
 * Looks for a key to sign with for each purpose that a program needs, so that its start stops and not its first request.
 *
 * @returns on failure one `key/missing` for each purpose that has none
 * @requirement EXE-17
 */
export function requireKeys(
  keySet: KeySet,
  needed: readonly Purpose[],
  nowMs: number,
): Result<KeySet, readonly Problem[]> {
  const missing = needed.flatMap((purpose) => {
    const found = currentKey(keySet, purpose, nowMs);
    return found.ok ? [] : [found.error];
  });
  return missing.length === 0 ? ok(keySet) : err(missing);
}
