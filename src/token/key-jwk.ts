import { createPrivateKey, createPublicKey, createSecretKey, type JsonWebKey, sign } from "node:crypto";
import Type, { type Static } from "typebox";
import {
  err,
  isJsonObject,
  type JsonValue,
  ok,
  type Parser,
  type Problem,
  parserOf,
  type Result,
} from "../model/index.js";
import { fromBase64Url } from "./compact-jws.js";
import { weaknessOf } from "./key-strength.js";
import { signatureHolds } from "./signature.js";
import { purposes, type SigningKey } from "./signing-key.js";

const closed = { additionalProperties: false } as const;
const Half = Type.String({ pattern: "^[A-Za-z0-9_-]{43}$" });
const Instant = Type.Optional(Type.Union([Type.Integer({ minimum: 0, maximum: 8_640_000_000_000_000 }), Type.Null()]));

/** What our JWKs say besides the key itself: RFC 7517 leaves room for members of one's own. */
const about = {
  kid: Type.String({ pattern: "^[A-Za-z0-9_-]{1,64}$" }),
  purpose: Type.Enum([...purposes]),
  use: Type.Optional(Type.Literal("sig")),
  created_ms: Instant,
  replaced_ms: Instant,
  retire_at_ms: Instant,
};
const OkpJwk = Type.Object(
  {
    ...about,
    kty: Type.Literal("OKP"),
    alg: Type.Literal("EdDSA"),
    crv: Type.Literal("Ed25519"),
    x: Half,
    d: Type.Optional(Half),
  },
  closed,
);
const EcJwk = Type.Object(
  {
    ...about,
    kty: Type.Literal("EC"),
    alg: Type.Literal("ES256"),
    crv: Type.Literal("P-256"),
    x: Half,
    y: Half,
    d: Type.Optional(Half),
  },
  closed,
);
const OctJwk = Type.Object(
  {
    ...about,
    kty: Type.Literal("oct"),
    alg: Type.Literal("HS256"),
    k: Type.String({ pattern: "^[A-Za-z0-9_-]*$", maxLength: 1024 }),
  },
  closed,
);
type AnyJwk = Static<typeof OkpJwk> | Static<typeof EcJwk> | Static<typeof OctJwk>;

/** One schema for each kind, so that a problem speaks of the kind that was meant. */
const parsers: ReadonlyMap<JsonValue | undefined, Parser<AnyJwk>> = new Map<JsonValue | undefined, Parser<AnyJwk>>([
  ["OKP", parserOf(OkpJwk)],
  ["EC", parserOf(EcJwk)],
  ["oct", parserOf(OctJwk)],
]);

/**
 * Reads one key of a JWKS. Problems name its id at most: never anything of the key.
 *
 * @returns on failure `key/invalid` or `key/weak`
 */
export function readJwk(value: JsonValue | undefined): Result<SigningKey, Problem> {
  const parser = isJsonObject(value) ? parsers.get(value.kty) : undefined;
  if (parser === undefined) return invalid("a key's kty is OKP, EC or oct");
  const parsed = parser(value);
  if (!parsed.ok) {
    const [issue] = parsed.error;
    return invalid(`${issue?.path === "" ? "it" : `its member ${issue?.path.slice(1)}`} ${issue?.message}`);
  }
  const jwk = parsed.value;
  if (jwk.purpose === "checkpoint" && jwk.alg !== "EdDSA") return invalid("checkpoints are signed with EdDSA");
  const halves = jwk.kty === "oct" ? secretOf(jwk.k) : pairOf(jwk);
  if (!halves.ok) return halves;
  const { kid, alg, purpose, created_ms = null, replaced_ms = null, retire_at_ms = null } = jwk;
  return ok({ kid, alg, purpose, created_ms, replaced_ms, retire_at_ms, ...halves.value });
}

type Halves = Pick<SigningKey, "privateKey" | "verifyKey">;

function secretOf(k: string): Result<Halves, Problem> {
  const secret = fromBase64Url(k);
  if (secret === undefined) return invalid("its member k is not base64url");
  const weakness = weaknessOf(secret);
  if (weakness !== undefined) return weak(weakness);
  const key = createSecretKey(secret);
  return ok({ privateKey: key, verifyKey: key });
}

/** Reads both halves; that they belong together is seen by signing with one and verifying with the other. */
function pairOf(jwk: Exclude<AnyJwk, { kty: "oct" }>): Result<Halves, Problem> {
  const { d, x } = jwk;
  for (const half of d === undefined ? [x] : [x, d]) {
    const weakness = weaknessOf(Buffer.from(half, "base64url"));
    if (weakness !== undefined) return weak(weakness);
  }
  const point = jwk.kty === "EC" ? { kty: jwk.kty, crv: jwk.crv, x, y: jwk.y } : { kty: jwk.kty, crv: jwk.crv, x };
  try {
    const verifyKey = createPublicKey({ key: point, format: "jwk" });
    if (d === undefined) return ok({ privateKey: null, verifyKey });
    const privateKey = createPrivateKey({ key: { ...point, d }, format: "jwk" });
    const probe = "lockkeeper";
    const hash = jwk.alg === "EdDSA" ? null : "sha256";
    const signature = sign(hash, Buffer.from(probe), { key: privateKey, dsaEncoding: "ieee-p1363" });
    const same = signatureHolds({ alg: jwk.alg, verifyKey }, probe, signature);
    return same ? ok({ privateKey, verifyKey }) : invalid("its private half belongs to another public one");
  } catch {
    return invalid("its numbers are no key of its curve");
  }
}

function invalid(message: string): { readonly ok: false; readonly error: Problem } {
  return err({ code: "key/invalid", message });
}

function weak(message: string): { readonly ok: false; readonly error: Problem } {
  return err({ code: "key/weak", message, hint: "make a new one with: lockkeeper keys generate" });
}

/** A key as a JWK with what it is for and how far it is in its life. WARNING: the private half or the secret is in it. */
export function privateJwk(key: SigningKey): JsonWebKey {
  return { ...(key.privateKey ?? key.verifyKey).export({ format: "jwk" }), ...aboutOf(key) };
}

/** The public half as a JWK, or undefined for a secret, which has none. */
export function publicJwk(key: SigningKey): JsonWebKey | undefined {
  return key.alg === "HS256" ? undefined : { ...key.verifyKey.export({ format: "jwk" }), ...aboutOf(key) };
}

function aboutOf({ kid, alg, purpose, created_ms, replaced_ms, retire_at_ms }: SigningKey): JsonWebKey {
  return { kid, alg, use: "sig", purpose, created_ms, replaced_ms, retire_at_ms };
}
