import Type, { type Static } from "typebox";
import { type Clock, err, ok, type Problem, parserOf, type Random, type Result, TokenFacts } from "../model/index.js";
import { refused } from "./refusal.js";
import { signJws } from "./sign-jws.js";
import { currentKey, type KeySet } from "./signing-key.js";
import { type TokenKind, verifyJws } from "./verify-jws.js";

/** The type of capability tokens, in their header. */
export const capabilityType = "lockkeeper-capability+jwt";

/** Seconds that a capability lives unless said otherwise, and at most; policy may allow less. */
export const capabilityLifeS = 60;
export const maxCapabilityLifeS = 300;

const kind: TokenKind = { typ: capabilityType, purpose: "capability" };

const closed = { additionalProperties: false } as const;
const { sub, approval_id, cmd_hash, iat_s: Seconds } = TokenFacts.properties;
const Issuer = Type.String({ minLength: 1, maxLength: 256 });

/** 128 random bits and more, as base64url. */
const TokenId = Type.String({ pattern: "^[A-Za-z0-9_-]{22,64}$" });

/** SHA-256 of a public key (RFC 7638), as base64url. */
const Thumbprint = Type.String({ pattern: "^[A-Za-z0-9_-]{43}$" });

const CapabilityClaims = Type.Object(
  {
    iss: Issuer,
    aud: Issuer,
    sub,
    jti: TokenId,
    approval_id,
    cmd_hash,
    binary_sha256: Type.Optional(cmd_hash),
    bundle_sha256: Type.Optional(cmd_hash),
    iat: Seconds,
    nbf: Type.Optional(Seconds),
    exp: Seconds,
    cnf: Type.Optional(Type.Object({ jkt: Thumbprint }, closed)),
  },
  closed,
);
type CapabilityClaims = Static<typeof CapabilityClaims>;

const parseClaims = parserOf(CapabilityClaims);

/** What a capability is minted for. */
export type CapabilityGrant = {
  /** Who may use it: whoever asked for the approval. */
  readonly sub: string;
  readonly approval_id: string;
  readonly cmd_hash: string;
  /** The executable and the bundle with its data that were approved; null or absent where none is bound. */
  readonly binary_sha256?: string | null;
  readonly bundle_sha256?: string | null;
  /** Default: `lockkeeper` and `lockkeeper-gateway`, as policy expects them. */
  readonly iss?: string;
  readonly aud?: string;
  /** Whole seconds from 1 to 300; 60 unless said otherwise. */
  readonly life_s?: number;
  /** Thumbprint of the sender's key: the token is then good only with a proof by it (RFC 9449). */
  readonly jkt?: string;
};

/** A token that was made: what to hand out, and what to record of it. */
export type MintedToken = {
  readonly token: string;
  readonly jti: string;
  readonly iat_s: number;
  readonly exp_s: number;
};

/**
 * Mints a capability token. It asks nobody: see `generateToken` for one that looks at the approval first.
 *
 * @returns on failure `key/missing`, or `schema/invalid` where a claim is not of its form
 */
export async function mintCapability(
  keySet: KeySet,
  grant: CapabilityGrant,
  clock: Clock,
  random: Random,
): Promise<Result<MintedToken, Problem>> {
  const nowMs = clock.nowMs();
  const key = currentKey(keySet, "capability", nowMs);
  if (!key.ok) return key;
  const claims = claimsOf(grant, Math.floor(nowMs / 1000), newTokenId(random));
  if (!claims.ok) return claims;
  const { jti, iat: iat_s, exp: exp_s } = claims.value;
  const token = await signJws(key.value, kind.typ, claims.value);
  return token.ok ? ok({ token: token.value, jti, iat_s, exp_s }) : token;
}

/** A new token's id: 128 random bits, as base64url. */
export function newTokenId(random: Random): string {
  return Buffer.from(random.bytes(16)).toString("base64url");
}

function claimsOf(grant: CapabilityGrant, iat: number, jti: string): Result<CapabilityClaims, Problem> {
  const { sub, approval_id, cmd_hash, binary_sha256, bundle_sha256, jkt, life_s = capabilityLifeS } = grant;
  if (!Number.isInteger(life_s) || life_s < 1 || life_s > maxCapabilityLifeS) {
    return err({ code: "schema/invalid", message: `a capability lives 1 to ${maxCapabilityLifeS} whole seconds` });
  }
  const parsed = parseClaims({
    iss: grant.iss ?? "lockkeeper",
    aud: grant.aud ?? "lockkeeper-gateway",
    ...{ sub, jti, approval_id, cmd_hash },
    ...(binary_sha256 == null ? {} : { binary_sha256 }),
    ...(bundle_sha256 == null ? {} : { bundle_sha256 }),
    ...{ iat, nbf: iat, exp: iat + life_s },
    ...(jkt === undefined ? {} : { cnf: { jkt } }),
  });
  if (parsed.ok) return parsed;
  const [issue] = parsed.error;
  return err({ code: "schema/invalid", message: `the claim ${issue?.path.slice(1)} ${issue?.message}` });
}

/** What a capability's signature vouches for: the facts of the decision input that need no nonce store. */
export type CapabilityFacts = Omit<TokenFacts, "replayed" | "store_since_s">;

/** Asked for a token that is bound to a sender's key: has that key been shown? Such as by `verifyDpop`. */
export type ProveSender = (jkt: string) => Result<unknown, Problem>;

/**
 * Verifies a capability token and gives its facts. Issuer, audience, times and what it is bound to are judged by the rules,
 * which see them. A token that is bound to a sender's key is refused unless `proveSender` finds that key shown.
 *
 * @param text - as it came; at most 4 KB
 * @returns on failure `token/missing`, `token/malformed`, `token/forged`, or what `proveSender` says
 */
export function verifyCapability(
  keySet: KeySet,
  text: unknown,
  clock: Clock,
  proveSender: ProveSender = unproven,
): Result<CapabilityFacts, Problem> {
  const payload = verifyJws(keySet, text, kind, clock.nowMs());
  if (!payload.ok) return payload;
  const claims = parseClaims(payload.value);
  if (!claims.ok) return refused("malformed", "the claims are not those of a capability");
  const proven = senderProven(claims.value, proveSender);
  return proven.ok ? ok(factsOf(claims.value)) : proven;
}

/** @requirement EXE-03 */
function senderProven({ cnf }: CapabilityClaims, proveSender: ProveSender): Result<unknown, Problem> {
  return cnf === undefined ? ok(undefined) : proveSender(cnf.jkt);
}

function unproven(): Result<unknown, Problem> {
  return refused("wrong_binding", "the token is bound to a key, and nothing shows that the sender has it");
}

/** @requirement EXE-07 */
function factsOf(claims: CapabilityClaims): CapabilityFacts {
  const { iss, aud, sub, jti, approval_id, cmd_hash, binary_sha256 = null, bundle_sha256 = null } = claims;
  const times = { iat_s: claims.iat, nbf_s: claims.nbf ?? null, exp_s: claims.exp };
  return { typ: kind.typ, iss, aud, sub, jti, approval_id, cmd_hash, binary_sha256, bundle_sha256, ...times };
}
