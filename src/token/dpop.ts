import { createPublicKey, hash, type KeyObject } from "node:crypto";
import Type, { type Static } from "typebox";
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  ok,
  type Problem,
  parserOf,
  type Result,
} from "../model/index.js";
import { type CompactJws, parseCompact, readJson } from "./compact-jws.js";
import type { SeenProof } from "./proof-memory.js";
import { refused } from "./refusal.js";
import { signatureHolds } from "./signature.js";
import type { Algorithm } from "./signing-key.js";

/** How old a proof may be, and how far ahead its sender's clock, in milliseconds. */
export const maxProofAgeMs = 60_000;
export const proofLeewayMs = 5000;

const closed = { additionalProperties: false } as const;
const Half = Type.String({ pattern: "^[A-Za-z0-9_-]{43}$" });
const OkpJwk = Type.Object({ kty: Type.Literal("OKP"), crv: Type.Literal("Ed25519"), x: Half }, closed);
const EcJwk = Type.Object({ kty: Type.Literal("EC"), crv: Type.Literal("P-256"), x: Half, y: Half }, closed);
const Proof = Type.Object(
  {
    jti: Type.String({ minLength: 1, maxLength: 256 }),
    htm: Type.String({ maxLength: 32 }),
    htu: Type.String({ maxLength: 2048 }),
    iat: Type.Integer({ minimum: 0, maximum: 253_402_300_799 }),
    ath: Half,
    nonce: Type.Optional(Type.String({ maxLength: 256 })),
  },
  closed,
);
type Proof = Static<typeof Proof>;

const parseOkp = parserOf(OkpJwk);
const parseEc = parserOf(EcJwk);
const parseProof = parserOf(Proof);

/** What a proof must be for. */
export type DpopRequest = {
  readonly method: string;
  /** Absolute, as the sender sees it; query and fragment do not count. */
  readonly url: string;
  /** The token that comes with it: the proof says its hash. */
  readonly token: string;
  /** The thumbprint that the token is bound to. */
  readonly jkt: string;
  readonly nowMs: number;
  readonly seen: SeenProof;
};

/**
 * Verifies a proof that the sender has the key that a token is bound to (RFC 9449). To be given to `verifyCapability` as
 * `(jkt) => verifyDpop(proof, {…, jkt})`, so that only senders of good tokens are listened to.
 *
 * @param proof - the header `DPoP` as it came: a compact JWS of type `dpop+jwt`, EdDSA or ES256, at most 4 KB
 * @returns on failure `token/missing`, `token/malformed`, `token/forged`, `token/wrong_binding`, `token/expired`,
 *   `token/not_yet_valid` or `token/replay`
 */
export function verifyDpop(proof: unknown, request: DpopRequest): Result<void, Problem> {
  const jws = parseCompact(proof);
  if (!jws.ok) return jws;
  const key = keyOfProof(jws.value.header);
  if (!key.ok) return key;
  const claims = claimsOf(jws.value, key.value);
  if (!claims.ok) return claims;
  const bound = boundTo(claims.value, key.value.thumbprint, request);
  return bound.ok ? fresh(claims.value, request) : bound;
}

type ProofKey = { readonly alg: Algorithm; readonly verifyKey: KeyObject; readonly thumbprint: string };

function keyOfProof(header: JsonObject): Result<ProofKey, Problem> {
  const { typ, alg, jwk, ...more } = header;
  if (typ !== "dpop+jwt") return refused("forged", "the proof's type is not dpop+jwt");
  if (Object.keys(more).length > 0) return refused("forged", "the proof's header holds more than alg, jwk and typ");
  const read = publicJwk(jwk);
  if (read === undefined) return refused("forged", "the proof holds no public key of Ed25519 or P-256 alone");
  const expected: Algorithm = read.kty === "OKP" ? "EdDSA" : "ES256";
  if (alg !== expected) return refused("forged", "the proof's algorithm is not the one of its key");
  try {
    const verifyKey = createPublicKey({ key: read, format: "jwk" });
    return ok({ alg: expected, verifyKey, thumbprint: thumbprintOf(read) });
  } catch {
    return refused("forged", "the proof's key is none of its curve");
  }
}

/** Exactly the members of a public key: a private half, or anything else, makes it none. */
function publicJwk(jwk: JsonValue | undefined): Static<typeof OkpJwk> | Static<typeof EcJwk> | undefined {
  for (const parse of [parseOkp, parseEc]) {
    const parsed = parse(jwk);
    if (parsed.ok) return parsed.value;
  }
  return undefined;
}

/** The thumbprint of a public key (RFC 7638): SHA-256 over its members in the order of their names, as base64url. */
export function thumbprintOf(jwk: {
  readonly kty: string;
  readonly crv: string;
  readonly x: string;
  readonly y?: string;
}): string {
  const { crv, kty, x, y } = jwk;
  return hash("sha256", JSON.stringify(y === undefined ? { crv, kty, x } : { crv, kty, x, y }), "base64url");
}

function claimsOf({ signed, payload, signature }: CompactJws, key: ProofKey): Result<Proof, Problem> {
  if (!signatureHolds(key, signed, signature)) return refused("forged", "the proof's signature is not by its key");
  const claims = readJson(payload);
  const parsed = parseProof(isJsonObject(claims) ? claims : undefined);
  return parsed.ok ? parsed : refused("malformed", "the claims are not those of a proof");
}

function boundTo({ htm, htu, ath }: Proof, thumbprint: string, request: DpopRequest): Result<void, Problem> {
  const { method, url, token, jkt } = request;
  if (thumbprint !== jkt) return refused("wrong_binding", "the proof is by another key than the token is bound to");
  if (ath !== hash("sha256", token, "base64url")) return refused("wrong_binding", "the proof is for another token");
  if (htm !== method) return refused("wrong_binding", "the proof is for another method");
  const target = targetOf(htu);
  const same = target !== undefined && target === targetOf(url);
  return same ? ok(undefined) : refused("wrong_binding", "the proof is for another address");
}

/** Scheme, host, port and path as the URL standard spells them. */
function targetOf(url: string): string | undefined {
  const parsed = URL.parse(url);
  return parsed === null ? undefined : `${parsed.origin}${parsed.pathname}`;
}

function fresh({ iat, jti }: Proof, { jkt, nowMs, seen }: DpopRequest): Result<void, Problem> {
  const madeMs = iat * 1000;
  if (nowMs - madeMs > maxProofAgeMs) return refused("expired", "the proof is too old");
  if (madeMs - nowMs > proofLeewayMs) return refused("not_yet_valid", "the proof is from the future");
  const known = seen(`${jkt} ${jti}`, madeMs + maxProofAgeMs + 1, nowMs);
  return known ? refused("replay", "the proof was used before") : ok(undefined);
}
