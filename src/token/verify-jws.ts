import { isJsonObject, type JsonObject, ok, type Problem, type Result } from "../model/index.js";
import { parseCompact, readJson } from "./compact-jws.js";
import { refused } from "./refusal.js";
import { signatureHolds } from "./signature.js";
import { type KeySet, type Purpose, type SigningKey, verifyingKey } from "./signing-key.js";

/** The kind of token that is expected: its explicit type (RFC 8725, 3.11), and what its key must be for. */
export type TokenKind = { readonly typ: string; readonly purpose: Purpose };

/**
 * Gives the claims of a token that one of our keys has signed. The payload is read only after that. Nothing is
 * remembered: each token is verified each time.
 *
 * @returns on failure `token/missing`, `token/malformed` or `token/forged`
 */
export function verifyJws(keySet: KeySet, text: unknown, kind: TokenKind, nowMs: number): Result<JsonObject, Problem> {
  const jws = parseCompact(text);
  if (!jws.ok) return jws;
  const { header, signed, payload, signature } = jws.value;
  const key = keyOfHeader(header, keySet, kind, nowMs);
  if (!key.ok) return key;
  if (!signatureHolds(key.value, signed, signature))
    return refused("forged", "the signature is not by the key it names");
  return claimsIn(payload);
}

/**
 * The key that a header names. The header says type, key and algorithm and nothing else: no key, address of a key,
 * certificate or extension of the sender's is ever looked at. The algorithm is the key's; the header can only agree.
 *
 * @requirement EXE-03
 */
export function keyOfHeader(
  header: JsonObject,
  keySet: KeySet,
  { typ, purpose }: TokenKind,
  nowMs: number,
): Result<SigningKey, Problem> {
  const unknown = Object.keys(header).some((name) => !["alg", "kid", "typ"].includes(name));
  if (unknown) return refused("forged", "the header holds more than alg, kid and typ");
  if (header.typ !== typ) return refused("forged", `the token's type is not ${typ}`);
  const key = verifyingKey(keySet, header.kid, purpose, nowMs);
  if (key === undefined) return refused("forged", "the header names no key of ours");
  return header.alg === key.alg ? ok(key) : refused("forged", "the algorithm is not the one of the key");
}

/** @requirement EXE-03 */
function claimsIn(payload: Uint8Array): Result<JsonObject, Problem> {
  const claims = readJson(payload);
  return isJsonObject(claims) ? ok(claims) : refused("malformed", "the claims are not one JSON object");
}
