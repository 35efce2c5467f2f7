import {
  createHmac,
  createPrivateKey,
  createSecretKey,
  hash,
  type JsonWebKey,
  type KeyObject,
  sign,
} from "node:crypto";
import { isRecord } from "../../src/index.js";

/** A key that the harness signs with: the gateway's own, handed to it, or one of an attacker. */
export type SignKey = {
  readonly kid: string | undefined;
  readonly alg: SignAlgorithm;
  readonly purpose: string | undefined;
  readonly key: KeyObject;
};

/** What the harness can sign with. */
export const signAlgorithms = ["EdDSA", "ES256", "RS256", "HS256"] as const;
export type SignAlgorithm = (typeof signAlgorithms)[number];

/** Header and claims of a compact token, read without believing any of it. */
export type TokenParts = {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
};

/** Base64url of a text as it is, and of everything else as JSON. */
export function encoded(value: unknown): string {
  return Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
}

/** Takes a token apart; undefined where it is no compact JWS with JSON objects in it. */
export function partsOf(token: string): TokenParts | undefined {
  const [header, claims] = token.split(".", 2).map((part) => jsonOf(Buffer.from(part, "base64url").toString("utf8")));
  return isRecord(header) && isRecord(claims) ? { header, claims } : undefined;
}

/** Signs header and claims, whatever they are: the harness makes its forgeries itself, not with the signer under test. */
export function signToken(header: unknown, claims: unknown, key: Pick<SignKey, "alg" | "key">): string {
  return signText(`${encoded(header)}.${encoded(claims)}`, key);
}

/** Signs a text that may not be what a signature should be over. */
export function signText(text: string, { alg, key }: Pick<SignKey, "alg" | "key">): string {
  return `${text}.${signatureBytes(text, alg, key).toString("base64url")}`;
}

function signatureBytes(text: string, alg: SignAlgorithm, key: KeyObject): Buffer {
  if (alg === "HS256") return createHmac("sha256", key).update(text).digest();
  return sign(alg === "EdDSA" ? null : "sha256", Buffer.from(text), { key, dsaEncoding: "ieee-p1363" });
}

/** Reads a private JWK; undefined where it is none that the harness can sign with. */
export function signKeyOf(jwk: unknown): SignKey | undefined {
  if (!isRecord(jwk)) return undefined;
  const { kid, alg, purpose } = jwk;
  const known = signAlgorithms.find((one) => one === (alg ?? usualAlgorithm(jwk)));
  const key = known === undefined ? undefined : keyObjectOf(jwk);
  if (known === undefined || key === undefined) return undefined;
  const text = (value: unknown) => (typeof value === "string" ? value : undefined);
  return { kid: text(kid), alg: known, purpose: text(purpose), key };
}

function usualAlgorithm({ kty, crv }: Readonly<Record<string, unknown>>): SignAlgorithm | undefined {
  if (kty === "OKP" && crv === "Ed25519") return "EdDSA";
  if (kty === "EC" && crv === "P-256") return "ES256";
  return kty === "oct" ? "HS256" : kty === "RSA" ? "RS256" : undefined;
}

function keyObjectOf(jwk: Readonly<Record<string, unknown>>): KeyObject | undefined {
  try {
    if (jwk.kty === "oct")
      return typeof jwk.k === "string" ? createSecretKey(Buffer.from(jwk.k, "base64url")) : undefined;
    return typeof jwk.d === "string" ? createPrivateKey({ key: webKey(jwk), format: "jwk" }) : undefined;
  } catch {
    return undefined;
  }
}

/** The members that say what a key is. */
function webKey(jwk: Readonly<Record<string, unknown>>): JsonWebKey {
  const names = ["kty", "crv", "x", "y", "d", "n", "e", "p", "q", "dp", "dq", "qi"];
  return Object.fromEntries(names.flatMap((name) => (typeof jwk[name] === "string" ? [[name, jwk[name]]] : [])));
}

/** The SHA-256 of a text, in hexadecimal. */
export function sha256(text: string): string {
  return hash("sha256", text, "hex");
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
