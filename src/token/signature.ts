import { createHmac, type KeyObject, timingSafeEqual, verify } from "node:crypto";
import type { Algorithm, SigningKey } from "./signing-key.js";

/**
 * Whether a signature over a text is by a key, by the one algorithm that the key is for. Node's own one-shot functions:
 * see docs/decisions/0007-tokens.md for what was measured.
 *
 * @requirement EXE-03
 */
export function signatureHolds(
  { alg, verifyKey }: Pick<SigningKey, "alg" | "verifyKey">,
  signed: string,
  signature: Uint8Array,
): boolean {
  const data = Buffer.from(signed);
  return signature.length === lengths[alg] && checks[alg](verifyKey, data, signature);
}

/** Bytes of a signature; any other number is none, and comparing would throw. */
const lengths: Readonly<Record<Algorithm, number>> = { EdDSA: 64, ES256: 64, HS256: 32 };

const checks: Readonly<Record<Algorithm, (key: KeyObject, data: Buffer, signature: Uint8Array) => boolean>> = {
  EdDSA: (key, data, signature) => verify(null, data, key, signature),
  ES256: (key, data, signature) => verify("sha256", data, { key, dsaEncoding: "ieee-p1363" }, signature),
  HS256: (key, data, signature) => timingSafeEqual(createHmac("sha256", key).update(data).digest(), signature),
};
