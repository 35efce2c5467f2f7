import { createECDH, createPrivateKey, createPublicKey, createSecretKey, type KeyObject } from "node:crypto";
import type { Random } from "../model/index.js";
import type { Algorithm, PrivateSigningKey, Purpose } from "./signing-key.js";

/**
 * Makes a key that is current from now on.
 *
 * @param random - 44 bytes of it are the key and its id: everything hangs on it
 */
export function newKey(alg: Algorithm, purpose: Purpose, nowMs: number, random: Random): PrivateSigningKey {
  const privateKey = makers[alg](random.bytes(32));
  const kid = Buffer.from(random.bytes(12)).toString("base64url");
  const verifyKey = alg === "HS256" ? privateKey : createPublicKey(privateKey);
  return { kid, alg, purpose, created_ms: nowMs, replaced_ms: null, retire_at_ms: null, privateKey, verifyKey };
}

const makers: Readonly<Record<Algorithm, (seed: Uint8Array) => KeyObject>> = {
  EdDSA: (seed) => createPrivateKey({ key: Buffer.concat([ed25519Prefix, seed]), format: "der", type: "pkcs8" }),
  ES256: (seed) => {
    const pair = createECDH("prime256v1");
    // A number past the curve's order throws; it comes up once in 2^32 times.
    pair.setPrivateKey(seed);
    const point = pair.getPublicKey();
    const [x, y] = [point.toString("base64url", 1, 33), point.toString("base64url", 33)];
    const d = Buffer.from(seed).toString("base64url");
    return createPrivateKey({ key: { kty: "EC", crv: "P-256", x, y, d }, format: "jwk" });
  },
  HS256: (seed) => createSecretKey(seed),
};

/** What stands before the seed in PKCS #8 (RFC 8410). */
const ed25519Prefix = Buffer.from("302e020100300506032b657004220420", "hex");
