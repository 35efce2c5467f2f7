import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { err, ok, type Problem, type Result } from "../../src/index.js";
import { sha256 } from "../regression/index.js";

/** The kinds of keys that reports are signed with. */
export const keyAlgorithms = ["ed25519", "p256"] as const;
export type KeyAlgorithm = (typeof keyAlgorithms)[number];

/** A new pair of keys as PEM: PKCS #8 and SubjectPublicKeyInfo. */
export function newKeyPair(algorithm: KeyAlgorithm): { readonly privatePem: string; readonly publicPem: string } {
  const { privateKey, publicKey } =
    algorithm === "ed25519" ? generateKeyPairSync("ed25519") : generateKeyPairSync("ec", { namedCurve: "P-256" });
  return {
    privatePem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    publicPem: publicKey.export({ type: "spki", format: "pem" }).toString(),
  };
}

/** Reads a private key to sign with. @returns on failure `attestation/key` */
export function readPrivateKey(pem: string, file: string): Result<KeyObject, Problem> {
  const hint = "make a pair with: lockkeeper report keygen --out FILE";
  if (!pem.includes(" PRIVATE KEY-----")) return err(keyProblem("this is no private key in PEM", file, hint));
  if (pem.includes("ENCRYPTED")) return err(keyProblem("the private key is encrypted", file, "decrypt it beforehand"));
  return usable(() => createPrivateKey(pem), file);
}

/** Reads the public key that a signature must be by. A private key and a certificate are refused. */
export function readPublicKey(pem: string, file: string): Result<KeyObject, Problem> {
  if (pem.includes("PRIVATE KEY-----")) {
    return err(keyProblem("this is a private key", file, "verify with the public one, and keep this one away"));
  }
  if (pem.includes("BEGIN CERTIFICATE")) {
    const hint = "take its key, after judging it yourself: openssl x509 -noout -pubkey -in FILE";
    return err(keyProblem("this is a certificate, whose dates and issuer nothing here judges", file, hint));
  }
  return usable(() => createPublicKey(pem), file);
}

/** What a key is called: SHA-256 of its public half as DER. */
export function keyIdOf(key: KeyObject): string {
  const half = key.type === "private" ? createPublicKey(key) : key;
  return sha256(half.export({ type: "spki", format: "der" }));
}

function usable(read: () => KeyObject, file: string): Result<KeyObject, Problem> {
  let key: KeyObject;
  try {
    key = read();
  } catch {
    return err(keyProblem("the key cannot be read", file, "PEM is expected, as lockkeeper report keygen writes it"));
  }
  const curve = key.asymmetricKeyDetails?.namedCurve;
  if (key.asymmetricKeyType === "ed25519" || (key.asymmetricKeyType === "ec" && curve === "prime256v1")) return ok(key);
  const kind = [key.asymmetricKeyType, curve].filter((part) => part !== undefined).join(" ");
  return err(keyProblem(`a key of the kind ${kind} is not used here`, file, "Ed25519 and ECDSA over P-256 are"));
}

function keyProblem(message: string, file: string, hint: string): Problem {
  return { code: "attestation/key", message, place: { file }, hint };
}
