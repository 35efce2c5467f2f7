import { createPublicKey, createSecretKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { encoded, type SignKey, signText, signToken, type TokenParts } from "./compact-token.js";

/** What a forger has: a token that is good and, for what only the holder of the key could make, the key itself. */
export type Stolen = TokenParts & { readonly token: string; readonly key: SignKey | undefined; readonly nowS: number };

/** One way to forge a token. */
export type Forgery = {
  /** What follows "refuses a token". */
  readonly name: string;
  readonly requirement: "EXE-02" | "EXE-03";
  /** Whether it is signed with the gateway's own key, so that nothing but what it tries is wrong with it. */
  readonly signed: boolean;
  /** Statuses that refuse it, besides 401. */
  readonly statuses?: readonly number[];
  readonly forge: (stolen: Stolen) => string;
};

const withKey = ({ key }: Stolen): SignKey => {
  if (key === undefined) throw new Error("a forgery that is signed was made without the key");
  return key;
};
const signatureIn = (token: string) => Buffer.from(token.split(".")[2] ?? "", "base64url");
const unsigned = (token: string) => token.slice(0, token.lastIndexOf("."));
const withSignature = (token: string, signature: Uint8Array) =>
  `${unsigned(token)}.${Buffer.from(signature).toString("base64url")}`;

/** Secrets that people leave in place. */
const weakSecrets = ["", "secret", "changeme", "your-256-bit-secret", "lockkeeper", "\0"];

/** Keys of an attacker, made once. */
const attacker = generateKeyPairSync("ed25519");
const attackerKey: Pick<SignKey, "alg" | "key"> = { alg: "EdDSA", key: attacker.privateKey };
const attackerJwk = attacker.publicKey.export({ format: "jwk" });
/** Made when it is needed: it takes a while. */
const rsaKey = (): Pick<SignKey, "alg" | "key"> => ({
  alg: "RS256",
  key: generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey,
});
const secret = (text: string): Pick<SignKey, "alg" | "key"> => ({
  alg: "HS256",
  key: createSecretKey(Buffer.from(text)),
});

const forgery = (name: string, forge: Forgery["forge"], more: Partial<Forgery> = {}): Forgery => ({
  ...{ name, requirement: "EXE-03", signed: false, forge },
  ...more,
});
const signed = (name: string, forge: Forgery["forge"], more: Partial<Forgery> = {}): Forgery =>
  forgery(name, forge, { signed: true, ...more });
const header = (name: string, change: object): Forgery =>
  signed(name, (stolen) => signToken({ ...stolen.header, ...change }, stolen.claims, withKey(stolen)));
const claims = (name: string, change: (stolen: Stolen) => object, more: Partial<Forgery> = {}): Forgery =>
  signed(name, (stolen) => signToken(stolen.header, { ...stolen.claims, ...change(stolen) }, withKey(stolen)), more);
const payload = (name: string, text: (claimsText: string) => string): Forgery =>
  signed(name, (stolen) => signToken(stolen.header, text(JSON.stringify(stolen.claims)), withKey(stolen)));

const algorithms: readonly Forgery[] = [
  ...["none", "None", "NONE", "nOnE"].flatMap((alg) => [
    forgery(
      `of the algorithm ${alg} without a signature`,
      (stolen) => `${encoded({ ...stolen.header, alg })}.${encoded(stolen.claims)}.`,
    ),
    forgery(
      `of the algorithm ${alg} with the signature of another`,
      (stolen) => `${encoded({ ...stolen.header, alg })}.${encoded(stolen.claims)}.${stolen.token.split(".")[2]}`,
    ),
  ]),
  forgery("of no algorithm", ({ header: { alg: _, ...rest }, claims: all }) => `${encoded(rest)}.${encoded(all)}.`),
  ...(["pem", "der", "jwk"] as const).map((form) =>
    signed(`signed by HMAC with the public key as ${form}`, (stolen) =>
      signToken({ ...stolen.header, alg: "HS256" }, stolen.claims, {
        alg: "HS256",
        key: createSecretKey(publicBytes(withKey(stolen), form)),
      }),
    ),
  ),
  ...weakSecrets.map((weak) =>
    forgery(`signed by HMAC with the secret ${JSON.stringify(weak)}`, ({ header: head, claims: all }) =>
      signToken({ ...head, alg: "HS256" }, all, secret(weak)),
    ),
  ),
  forgery("signed with RS256 by a key of the sender's", ({ header: head, claims: all }) =>
    signToken({ ...head, alg: "RS256" }, all, rsaKey()),
  ),
];

/** The public half as an attacker would feed it to HMAC; of a shared secret, something that is not it. */
function publicBytes({ alg, key }: SignKey, form: "pem" | "der" | "jwk"): Buffer {
  if (alg === "HS256") return Buffer.from("not the secret, and long enough to be one");
  const half: KeyObject = createPublicKey(key);
  if (form === "jwk") return Buffer.from(JSON.stringify(half.export({ format: "jwk" })));
  return form === "pem"
    ? Buffer.from(half.export({ type: "spki", format: "pem" }).toString())
    : half.export({ type: "spki", format: "der" });
}

const keyIds: readonly Forgery[] = [
  ...(
    [
      ["climbs", "../../../../../../dev/null"],
      ["is a path", "/dev/null"],
      ["is an address", "file:///dev/null"],
    ] as const
  ).map(([what, kid]) =>
    forgery(`whose kid ${what} to an empty file, signed with nothing`, (stolen) =>
      signToken({ ...stolen.header, alg: "HS256", kid }, stolen.claims, secret("")),
    ),
  ),
  forgery("whose kid is SQL that gives its secret", (stolen) =>
    signToken({ ...stolen.header, alg: "HS256", kid: "x' UNION SELECT 'known" }, stolen.claims, secret("known")),
  ),
  ...["| id", "__proto__", "constructor", "nobody-has-this-one"].map((kid) =>
    forgery(`whose kid is ${kid}, signed by the sender`, (stolen) =>
      signToken({ ...stolen.header, alg: "EdDSA", kid }, stolen.claims, attackerKey),
    ),
  ),
  forgery("that brings its key along (jwk)", (stolen) =>
    signToken({ ...stolen.header, alg: "EdDSA", jwk: attackerJwk }, stolen.claims, attackerKey),
  ),
  forgery("that brings a certificate along (x5c)", (stolen) => {
    const x5c = [attacker.publicKey.export({ type: "spki", format: "der" }).toString("base64")];
    return signToken({ ...stolen.header, alg: "EdDSA", x5c }, stolen.claims, attackerKey);
  }),
];

const headers: readonly Forgery[] = [
  header("whose header has an unknown crit", { crit: ["urn:example:unknown"], "urn:example:unknown": true }),
  header("whose payload is said not to be base64 (b64)", { b64: false, crit: ["b64"] }),
  header("that is said to be nested (cty)", { cty: "JWT" }),
  header("that is said to be compressed (zip)", { zip: "DEF" }),
  header("of another type: JWT for everything", { typ: "JWT" }),
  header("of another type: a Bearer token", { typ: "lockkeeper-access+jwt" }),
  header("of another type: a proof of possession", { typ: "dpop+jwt" }),
];

const signatures: readonly Forgery[] = [
  forgery("whose signature is stripped", ({ token }) => `${unsigned(token)}.`),
  forgery("without its third part", ({ token }) => unsigned(token)),
  forgery("whose signature is cut short", ({ token }) => withSignature(token, signatureIn(token).subarray(0, -1))),
  forgery("whose signature is zero", ({ token }) => withSignature(token, signatureIn(token).fill(0))),
  forgery("whose signature is zero, as ES256", (stolen) =>
    withSignature(`${encoded({ ...stolen.header, alg: "ES256" })}.${encoded(stolen.claims)}.`, Buffer.alloc(64)),
  ),
  forgery("whose signature is out of range", ({ token }) => withSignature(token, signatureIn(token).fill(255))),
  forgery("whose signature has one bit changed", ({ token }) => {
    const bytes = signatureIn(token);
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    return withSignature(token, bytes);
  }),
  forgery("signed by another key of the same kind", (stolen) => signToken(stolen.header, stolen.claims, attackerKey)),
  forgery("signed on another curve", ({ token }) => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-384" });
    const text = Buffer.from(unsigned(token));
    return withSignature(token, sign("sha384", text, { key: privateKey, dsaEncoding: "ieee-p1363" }));
  }),
  forgery("whose payload was changed", ({ token, header: head, claims: all }) =>
    withSignature(`${encoded(head)}.${encoded({ ...all, sub: "somebody-else" })}.`, signatureIn(token)),
  ),
  forgery("whose header was changed", ({ token, header: head, claims: all }) =>
    withSignature(`${encoded({ ...head, extra: 1 })}.${encoded(all)}.`, signatureIn(token)),
  ),
];

/** Spells the last character of a token otherwise, so that a lenient decoder reads the same bytes. */
function looseTail(token: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return `${token.slice(0, -1)}${alphabet[alphabet.indexOf(token.at(-1) ?? "A") + 1]}`;
}

const large = [400, 413, 431];
const shapes: readonly Forgery[] = [
  forgery("with padding behind it", ({ token }) => `${token}=`),
  forgery("with loose bits at its end", ({ token }) => looseTail(token)),
  signed("in the other alphabet of base64", (stolen) => {
    const text = encoded({ ...stolen.claims, sub: "ÿÿÿ???>>>" })
      .replaceAll("-", "+")
      .replaceAll("_", "/");
    return signText(`${encoded(stolen.header)}.${text}`, withKey(stolen));
  }),
  signed("with padding in its payload", (stolen) =>
    signText(`${encoded(stolen.header)}.${encoded(stolen.claims)}=`, withKey(stolen)),
  ),
  forgery("in the JSON serialization", ({ token }) => {
    const [head, body, signature] = token.split(".");
    return JSON.stringify({ protected: head, payload: body, signature });
  }),
  forgery(
    "that is encrypted (JWE) and not signed",
    () =>
      `${encoded({ alg: "dir", enc: "A256GCM" })}..${encoded("an initial v")}.${encoded("ciphertext")}.${encoded("a tag of 16 byte")}`,
  ),
  forgery("with a fourth part", ({ token }) => `${token}.`),
  forgery("that is a word", () => "token"),
  forgery("that is two dots", () => ".."),
  forgery("of twelve thousand letters", () => "a".repeat(12_000), { statuses: large }),
  claims("of more than 4 KB", () => ({ padding: "a".repeat(5_000) }), { statuses: large }),
];

const payloads: readonly Forgery[] = [
  payload("whose payload is a list", (text) => `[${text}]`),
  payload("whose payload is text", (text) => JSON.stringify(text)),
  payload("whose payload is null", () => "null"),
  payload("whose payload is another token", () => "eyJhbGciOiJub25lIn0.e30."),
  payload("that names a claim twice", (text) => text.replace("{", '{"approval_id":"somebody-elses",')),
  payload("that names its expiry twice", (text) => text.replace("{", '{"exp":1,')),
  payload("whose payload is nested deep", (text) => text.replace("{", `{"deep":${"[".repeat(200)}${"]".repeat(200)},`)),
];

const expired = { requirement: "EXE-02" } as const;
const times: readonly Forgery[] = [
  claims("that has expired", ({ nowS }) => ({ iat: nowS - 120, nbf: nowS - 120, exp: nowS - 60 }), expired),
  claims("that expires this very second", ({ nowS }) => ({ iat: nowS - 60, nbf: nowS - 60, exp: nowS }), expired),
  claims("that does not expire (exp absent)", () => ({ exp: undefined }), expired),
  claims("whose expiry is text", ({ nowS }) => ({ exp: String(nowS + 60) }), expired),
  signed(
    "whose expiry is 1e99",
    (stolen) =>
      signToken(
        stolen.header,
        JSON.stringify({ ...stolen.claims, exp: 7 }).replace('"exp":7', '"exp":1e99'),
        withKey(stolen),
      ),
    expired,
  ),
  claims("whose expiry is negative", () => ({ exp: -1 }), expired),
  claims("whose expiry is null", () => ({ exp: null }), expired),
  claims("issued in the future", ({ nowS }) => ({ iat: nowS + 3600, exp: nowS + 3660 })),
];

const parties: readonly Forgery[] = [
  claims("of another issuer", () => ({ iss: "https://issuer.invalid" })),
  claims("for an audience that begins as ours does", ({ claims: { aud } }) => ({ aud: `${String(aud)}-staging` })),
  claims("for a list of audiences", ({ claims: { aud } }) => ({ aud: [aud, "another"] })),
];

/** Every way to forge that is tried. A check's id is made of the name, so that a name stays as it is. */
export const forgeries: readonly Forgery[] = [
  ...algorithms,
  ...keyIds,
  ...headers,
  ...signatures,
  ...shapes,
  ...payloads,
  ...times,
  ...parties,
];

/** A token that sends its verifier to fetch keys from an address of the sender's. */
export function pointingForgery(member: "jku" | "x5u", address: string, { header: head, claims: all }: Stolen): string {
  return signToken({ ...head, alg: "EdDSA", kid: "of-the-sender", [member]: address }, all, attackerKey);
}

/** What lies at that address. */
export const attackerJwks = JSON.stringify({ keys: [{ ...attackerJwk, alg: "EdDSA", kid: "of-the-sender" }] });
