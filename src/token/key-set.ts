import { createSecretKey, type JsonWebKey } from "node:crypto";
import { err, isJsonObject, ok, type Problem, parseStrictJson, type Result } from "../model/index.js";
import { privateJwk, publicJwk, readJwk } from "./key-jwk.js";
import { weaknessOf } from "./key-strength.js";
import { type KeySet, keyState, type Purpose, purposes, type SigningKey } from "./signing-key.js";

/** Most keys of a set, and most bytes of its text. */
export const maxKeys = 64;
export const maxKeySetBytes = 256 * 1024;

const bounds = { bytes: maxKeySetBytes, depth: 4, nodes: 4096 };

/**
 * Reads keys from a JWKS (RFC 7517), as `lockkeeper keys generate` writes it. What is wrong is told by the key's position and
 * never by quoting: the text is made of secrets.
 *
 * @param text - the JWKS; from a file, or from a variable of the environment
 * @param source - what the text is called in problems
 * @returns on failure one problem for each key: `key/missing`, `key/invalid` or `key/weak`
 */
export function parseKeySet(text: string, source: string): Result<KeySet, readonly Problem[]> {
  const place = { file: source };
  if (text.trim() === "") return err([{ code: "key/missing", message: "there are no keys", place, hint: makeSome }]);
  const document = parseStrictJson(text, source, bounds);
  if (!document.ok) return err([{ code: "key/invalid", message: "the keys are not well-formed JSON", place }]);
  const { value } = document.value;
  const jwks = isJsonObject(value) && Object.keys(value).length === 1 ? value.keys : undefined;
  if (!Array.isArray(jwks))
    return err([{ code: "key/invalid", message: 'the keys are not a JWKS: {"keys": […]}', place }]);
  if (jwks.length > maxKeys)
    return err([{ code: "key/invalid", message: `there are more than ${maxKeys} keys`, place }]);
  const keys: SigningKey[] = [];
  const problems: Problem[] = [];
  for (const [index, jwk] of jwks.entries()) {
    const key = readJwk(jwk);
    if (key.ok) keys.push(key.value);
    else problems.push({ ...key.error, message: `key ${index + 1}: ${key.error.message}`, place });
  }
  if (problems.length > 0) return err(problems);
  const clash = clashOf(keys);
  return clash === undefined ? ok({ keys }) : err([{ code: "key/invalid", message: clash, place }]);
}

const makeSome = "make some with: lockkeeper keys generate";

/** What keys may not share: an id, or being the one that signs for a purpose. */
export function clashOf(keys: readonly SigningKey[]): string | undefined {
  if (new Set(keys.map(({ kid }) => kid)).size < keys.length) return "two keys have the same kid";
  const current = keys.filter(({ replaced_ms }) => replaced_ms === null).map(({ purpose }) => purpose);
  const twice = current.find((purpose, index) => current.indexOf(purpose) !== index);
  return twice === undefined ? undefined : `two keys are current for the purpose ${twice}`;
}

/**
 * Makes keys of secrets that were handed in, such as by the environment: HS256, one for each purpose.
 *
 * @param secrets - taken as UTF-8; at least 32 bytes each, and random
 * @returns on failure one problem for each: `key/missing` where it is empty, `key/weak`, `key/invalid` for checkpoints
 */
export function keySetOfSecrets(
  secrets: Readonly<Partial<Record<Purpose, string>>>,
): Result<KeySet, readonly Problem[]> {
  const read = purposes.flatMap((purpose) => {
    const secret = secrets[purpose];
    return secret === undefined ? [] : [keyOfSecret(purpose, secret)];
  });
  const problems = read.flatMap((key) => (key.ok ? [] : [key.error]));
  return problems.length > 0 ? err(problems) : ok({ keys: read.flatMap((key) => (key.ok ? [key.value] : [])) });
}

/** @requirement EXE-17 */
function keyOfSecret(purpose: Purpose, secret: string): Result<SigningKey, Problem> {
  if (secret === "") return err({ code: "key/missing", message: `the secret for the purpose ${purpose} is empty` });
  if (purpose === "checkpoint") return err({ code: "key/invalid", message: "checkpoints are signed with EdDSA" });
  const bytes = Buffer.from(secret);
  const weakness = weaknessOf(bytes);
  if (weakness !== undefined) {
    return err({ code: "key/weak", message: `the secret for the purpose ${purpose} is too weak: ${weakness}` });
  }
  const key = createSecretKey(bytes);
  const life = { created_ms: null, replaced_ms: null, retire_at_ms: null };
  return ok({ kid: `secret-${purpose}`, alg: "HS256", purpose, ...life, privateKey: key, verifyKey: key });
}

/** The whole set as a JWKS. WARNING: for the key file only; every secret is in it. */
export function privateJwks({ keys }: KeySet): { readonly keys: readonly JsonWebKey[] } {
  return { keys: keys.map(privateJwk) };
}

/** The public halves that still verify, as a JWKS for others to verify with. Secrets have none. */
export function publicJwks({ keys }: KeySet, nowMs: number): { readonly keys: readonly JsonWebKey[] } {
  const alive = keys.filter((key) => keyState(key, nowMs) !== "retired");
  return { keys: alive.map(publicJwk).filter((jwk) => jwk !== undefined) };
}
