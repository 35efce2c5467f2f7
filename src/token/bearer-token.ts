import Type, { type Static } from "typebox";
import {
  type Clock,
  err,
  ok,
  type Problem,
  parserOf,
  type Random,
  type Result,
  Subject,
  TokenFacts,
} from "../model/index.js";
import { type MintedToken, newTokenId } from "./capability-token.js";
import { refused } from "./refusal.js";
import { signJws } from "./sign-jws.js";
import { currentKey, type KeySet } from "./signing-key.js";
import { verifyTimes } from "./token-times.js";
import { type TokenKind, verifyJws } from "./verify-jws.js";

/** The type of bearer tokens, in their header: a bearer token is no capability, and a capability no bearer token. */
export const bearerType = "lockkeeper-access+jwt";

/** Seconds that a bearer token lives at most: a week. */
export const maxBearerLifeS = 7 * 24 * 60 * 60;

const kind: TokenKind = { typ: bearerType, purpose: "bearer" };
const issuer = "lockkeeper";
const audience = "lockkeeper-gateway";

const { iat_s: Seconds } = TokenFacts.properties;
const Party = Type.String({ maxLength: 256 });

const BearerClaims = Type.Object(
  {
    iss: Party,
    aud: Party,
    sub: Subject.properties.id,
    roles: Subject.properties.roles,
    jti: Type.String({ pattern: "^[A-Za-z0-9_-]{22,64}$" }),
    iat: Seconds,
    exp: Seconds,
  },
  { additionalProperties: false },
);
type BearerClaims = Static<typeof BearerClaims>;

const parseClaims = parserOf(BearerClaims);

/** Whom a bearer token is for. */
export type BearerGrant = {
  readonly sub: string;
  readonly roles: readonly string[];
  /** Whole seconds, at most a week. */
  readonly life_s: number;
};

/** @returns on failure `key/missing`, or `schema/invalid` where a claim is not of its form */
export async function mintBearer(
  keySet: KeySet,
  { sub, roles, life_s }: BearerGrant,
  clock: Clock,
  random: Random,
): Promise<Result<MintedToken, Problem>> {
  const nowMs = clock.nowMs();
  const key = currentKey(keySet, kind.purpose, nowMs);
  if (!key.ok) return key;
  if (!Number.isInteger(life_s) || life_s < 1 || life_s > maxBearerLifeS) {
    return err({ code: "schema/invalid", message: `a bearer token lives 1 to ${maxBearerLifeS} whole seconds` });
  }
  const iat = Math.floor(nowMs / 1000);
  const jti = newTokenId(random);
  const claims = parseClaims({ iss: issuer, aud: audience, sub, roles, jti, iat, exp: iat + life_s });
  if (!claims.ok) {
    const [issue] = claims.error;
    return err({ code: "schema/invalid", message: `the claim ${issue?.path.slice(1)} ${issue?.message}` });
  }
  const token = await signJws(key.value, kind.typ, claims.value);
  return token.ok ? ok({ token: token.value, jti, iat_s: iat, exp_s: iat + life_s }) : token;
}

/** Who a bearer token says its bearer is. `jti` is what a list of revoked tokens names. */
export type BearerFacts = {
  readonly subject: Subject;
  readonly jti: string;
  readonly iat_s: number;
  readonly exp_s: number;
};

/**
 * Verifies a bearer token: signature, type, issuer, audience, expiry.
 *
 * @param text - as it came after `Bearer `; at most 4 KB
 * @returns on failure `token/missing`, `token/malformed`, `token/forged`, `token/wrong_binding`, `token/expired` or
 *   `token/not_yet_valid`
 * @requirement WFL-01
 */
export function verifyBearer(keySet: KeySet, text: unknown, clock: Clock): Result<BearerFacts, Problem> {
  const nowMs = clock.nowMs();
  const payload = verifyJws(keySet, text, kind, nowMs);
  if (!payload.ok) return payload;
  const claims = parseClaims(payload.value);
  if (!claims.ok) return refused("malformed", "the claims are not those of a bearer token");
  const { sub: id, roles, jti, iat: iat_s, exp: exp_s } = claims.value;
  const meant = meantForUs(claims.value);
  if (!meant.ok) return meant;
  const times = verifyTimes({ iat_s, nbf_s: null, exp_s }, nowMs);
  return times.ok ? ok({ subject: { id, roles }, jti, iat_s, exp_s }) : times;
}

/** @requirement WFL-01 */
function meantForUs({ iss, aud, iat, exp }: BearerClaims): Result<void, Problem> {
  if (iss !== issuer) return refused("wrong_binding", "the token is of another issuer");
  if (aud !== audience) return refused("wrong_binding", "the token is for another audience");
  return exp - iat > maxBearerLifeS
    ? refused("malformed", "the token lives longer than any that is made")
    : ok(undefined);
}
