import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { CompactEncrypt } from "jose/jwe/compact/encrypt";
import { maxTokenBytes, newKey, type RefusalReason } from "../index.js";
import {
  cmdHash,
  encoded,
  forge,
  nowMs,
  nowS,
  randomOf,
  signedText,
  type TokenWorld,
  tokenWorld,
} from "./token-world.js";

/** One way to forge a token. Most are signed with the very key, so that nothing but what they try is wrong with them. */
export type Forgery = {
  readonly name: string;
  readonly forge: (world: TokenWorld) => unknown;
  readonly reason: RefusalReason;
  readonly message: string;
};

const noKey = "the header names no key of ours";
const noAlgorithm = "the algorithm is not the one of the key";
const moreHeader = "the header holds more than alg, kid and typ";
const noType = "the token's type is not lockkeeper-capability+jwt";
const noSignature = "the signature is not by the key it names";
const noParts = "the token is not three parts of base64url";
const noHeader = "the token's header is not one JSON object";
const noObject = "the claims are not one JSON object";
const noClaims = "the claims are not those of a capability";

export const signatureOf = (token: string) => Buffer.from(token.split(".")[2] ?? "", "base64url");
export const withSignature = (token: string, signature: Uint8Array) =>
  `${token.slice(0, token.lastIndexOf("."))}.${Buffer.from(signature).toString("base64url")}`;

const header = (name: string, change: (world: TokenWorld) => object, message: string): Forgery => ({
  name,
  forge: (world) => forge({ ...world.header, ...change(world) }, world.claims, world.key),
  reason: "forged",
  message,
});
const claim = (name: string, change: object): Forgery => ({
  name: `claims: ${name}`,
  forge: (world) => forge(world.header, { ...world.claims, ...change }, world.key),
  reason: "malformed",
  message: noClaims,
});
const payload = (name: string, text: unknown, message = noObject): Forgery => ({
  name: `payload: ${name}`,
  forge: (world) => forge(world.header, text, world.key),
  reason: "malformed",
  message,
});
const shape = (name: string, change: (world: TokenWorld) => unknown, message = noParts): Forgery => ({
  name: `shape: ${name}`,
  forge: change,
  reason: "malformed",
  message,
});
const signature = (name: string, change: (world: TokenWorld) => string): Forgery => ({
  name: `signature: ${name}`,
  forge: change,
  reason: "forged",
  message: noSignature,
});

/** Spells the last character of the payload another way, with loose bits at the end that decode to nothing. */
function looseTail({ token, header: head, claims, key }: TokenWorld): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  for (const pad of ["", " ", "  "]) {
    const text = encoded(`${JSON.stringify(claims)}${pad}`);
    if (text.length % 4 !== 2) continue;
    const loose = `${text.slice(0, -1)}${alphabet[alphabet.indexOf(text.at(-1) ?? "A") + 1]}`;
    return signedText(`${encoded(head)}.${loose}`, key);
  }
  return token;
}

export const forgeries: readonly Forgery[] = [
  ...["none", "None", "NONE", "nOnE", ""].flatMap((alg): Forgery[] => [
    header(`algorithm: "${alg}", well signed`, () => ({ alg }), noAlgorithm),
    {
      name: `algorithm: "${alg}", without a signature`,
      forge: (world) => `${encoded({ ...world.header, alg })}.${encoded(world.claims)}.`,
      reason: "forged",
      message: noAlgorithm,
    },
  ]),
  ...["HS256", "ES256", "EdDSA", "RS256", "ES384", "HS512", "Ed25519"].map((alg) =>
    header(`algorithm: another one, ${alg}`, (world) => ({ alg: alg === world.key.alg ? "HS384" : alg }), noAlgorithm),
  ),
  ...["pem", "der", "jwk"].map(
    (form): Forgery => ({
      name: `algorithm: the public key as ${form} for a secret of HS256`,
      forge: (world) => {
        const { alg, verifyKey } = world.key;
        const secret =
          alg === "HS256"
            ? Buffer.from("not the secret")
            : form === "jwk"
              ? Buffer.from(JSON.stringify(verifyKey.export({ format: "jwk" })))
              : form === "pem"
                ? Buffer.from(verifyKey.export({ type: "spki", format: "pem" }).toString())
                : Buffer.from(verifyKey.export({ type: "spki", format: "der" }));
        const text = `${encoded({ ...world.header, alg: alg === "HS256" ? "HS384" : "HS256" })}.${encoded(world.claims)}`;
        return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
      },
      reason: "forged",
      message: noAlgorithm,
    }),
  ),
  header("algorithm: a list", ({ key }) => ({ alg: [key.alg] }), noAlgorithm),
  header("algorithm: absent", () => ({ alg: undefined }), noAlgorithm),
  ...[
    "../../dev/null",
    "/dev/null",
    "' OR 1=1 --",
    "| id",
    "__proto__",
    "constructor",
    "toString",
    "",
    "http://evil.example",
  ].map((kid) => header(`kid: ${JSON.stringify(kid)}`, () => ({ kid }), noKey)),
  header("kid: absent", () => ({ kid: undefined }), noKey),
  header("kid: a number", () => ({ kid: 0 }), noKey),
  header("kid: a list with the right one", ({ key }) => ({ kid: [key.kid] }), noKey),
  header("kid: with a NUL behind it", ({ key }) => ({ kid: `${key.kid}\u0000` }), noKey),
  header("kid: a prefix", ({ key }) => ({ kid: key.kid.slice(0, -1) }), noKey),
  header("kid: of a bearer key", ({ bearerKey }) => ({ kid: bearerKey.kid }), noKey),
  header("kid: of the checkpoint key", ({ checkpointKey }) => ({ kid: checkpointKey.kid, alg: "EdDSA" }), noKey),
  header("jku", () => ({ jku: "https://evil.example/jwks.json" }), moreHeader),
  header("x5u", () => ({ x5u: "https://evil.example/cert.pem" }), moreHeader),
  header("jwk", ({ key }) => ({ jwk: { ...key.verifyKey.export({ format: "jwk" }) } }), moreHeader),
  header("x5c", () => ({ x5c: ["MIIB"] }), moreHeader),
  header("x5t", () => ({ "x5t#S256": "A".repeat(43) }), moreHeader),
  header("crit: unknown", () => ({ crit: ["exp"] }), moreHeader),
  header("crit: empty", () => ({ crit: [] }), moreHeader),
  header("b64: false", () => ({ b64: false }), moreHeader),
  header("b64: false, critical", () => ({ b64: false, crit: ["b64"] }), moreHeader),
  header("zip", () => ({ zip: "DEF" }), moreHeader),
  header("cty: nested", () => ({ cty: "JWT" }), moreHeader),
  ...[
    "JWT",
    "lockkeeper-access+jwt",
    "dpop+jwt",
    "LOCKKEEPER-CAPABILITY+JWT",
    "application/lockkeeper-capability+jwt",
    "",
  ].map((typ) => header(`typ: ${JSON.stringify(typ)}`, () => ({ typ }), noType)),
  header("typ: absent", () => ({ typ: undefined }), noType),
  header("typ: a list", ({ header: { typ } }) => ({ typ: [typ] }), noType),

  signature("stripped", ({ token }) => withSignature(token, Buffer.alloc(0))),
  signature("truncated by a byte", ({ token }) => withSignature(token, signatureOf(token).subarray(0, -1))),
  signature("with a byte more", ({ token }) =>
    withSignature(token, Buffer.concat([signatureOf(token), Buffer.alloc(1)])),
  ),
  signature("of zeros", ({ token }) => withSignature(token, signatureOf(token).fill(0))),
  signature("out of range", ({ token }) => withSignature(token, signatureOf(token).fill(255))),
  signature("its second half zero", ({ token }) =>
    withSignature(token, signatureOf(token).fill(0, signatureOf(token).length / 2)),
  ),
  signature("its first half zero", ({ token }) =>
    withSignature(token, signatureOf(token).fill(0, 0, signatureOf(token).length / 2)),
  ),
  signature("S past the order of the curve", ({ token, key }) => {
    const bytes = signatureOf(token);
    if (key.alg !== "EdDSA") return withSignature(token, bytes.fill(0));
    // S + L is the same number to a verifier that does not look at its range (RFC 8032, 5.1.7).
    const order = 2n ** 252n + 27742317777372353535851937790883648493n;
    const little = Buffer.from(bytes.subarray(32)).reverse().toString("hex");
    const moved = Buffer.from((BigInt(`0x${little}`) + order).toString(16).padStart(64, "0"), "hex").reverse();
    return withSignature(token, Buffer.concat([bytes.subarray(0, 32), moved]));
  }),
  signature("by another key of the same kind", ({ header: head, claims, key }) =>
    forge(head, claims, newKey(key.alg, "capability", nowMs, randomOf("another"))),
  ),
  signature("on another curve", ({ token }) => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-384" });
    const text = Buffer.from(token.slice(0, token.lastIndexOf(".")));
    return withSignature(token, sign("sha384", text, { key: privateKey, dsaEncoding: "ieee-p1363" }));
  }),
  signature("of another token", ({ token, header: head, claims, key }) =>
    withSignature(token, signatureOf(forge(head, { ...claims, sub: "eve" }, key))),
  ),
  signature("kept, the payload changed", ({ token, header: head, claims }) =>
    withSignature(`${encoded(head)}.${encoded({ ...claims, cmd_hash: "0".repeat(64) })}.`, signatureOf(token)),
  ),
  signature("kept, the header's members in another order", ({ token, header: { alg, kid, typ }, claims }) =>
    withSignature(`${encoded({ typ, kid, alg })}.${encoded(claims)}.`, signatureOf(token)),
  ),
  signature("kept, the payload taken away", ({ token, header: head }) =>
    withSignature(`${encoded(head)}..`, signatureOf(token)),
  ),

  shape("two parts", ({ token }) => token.slice(0, token.lastIndexOf("."))),
  shape("four parts", ({ token }) => `${token}.`),
  shape("one part", () => "token"),
  shape("two dots alone", () => "..", noHeader),
  shape("JSON serialization", ({ token }) => {
    const [head, body, sig] = token.split(".");
    return JSON.stringify({ protected: head, payload: body, signature: sig });
  }),
  shape("JWE in its place", () =>
    new CompactEncrypt(Buffer.from("{}"))
      .setProtectedHeader({ alg: "dir", enc: "A256GCM" })
      .encrypt(Buffer.alloc(32, 7)),
  ),
  shape("padded signature", ({ token }) => `${token}=`),
  shape("padded payload, well signed", ({ header: head, claims, key }) =>
    signedText(`${encoded(head)}.${encoded(claims)}=`, key),
  ),
  shape("padded header, well signed", ({ header: head, claims, key }) =>
    signedText(`${encoded(head)}=.${encoded(claims)}`, key),
  ),
  shape("loose bits at the end of the payload, well signed", looseTail),
  shape("the other alphabet of base64", ({ header: head, claims, key }) =>
    signedText(
      `${encoded(head)}.${encoded({ ...claims, sub: "ÿÿÿ???>>>" })
        .replaceAll("-", "+")
        .replaceAll("_", "/")}`,
      key,
    ),
  ),
  ...[" ", "\n", "\r\n", "\0", "\u200b", "\ufeff"].flatMap((blank) => [
    shape(`${JSON.stringify(blank)} behind it`, ({ token }) => `${token}${blank}`),
    shape(`${JSON.stringify(blank)} before it`, ({ token }) => `${blank}${token}`),
  ]),
  shape("a scheme before it", ({ token }) => `Bearer ${token}`),
  shape(
    "one byte too long, well signed",
    (world) => tokenOfLength(maxTokenBytes + 1, world),
    "the token is longer than 4096 bytes",
  ),
  shape("a megabyte", () => "a".repeat(1024 * 1024), "the token is longer than 4096 bytes"),
  ...[42, true, {}, [], ["a.b.c"]].map((value) =>
    shape(`${JSON.stringify(value)} for text`, () => value, "the token is not text"),
  ),
  ...(
    [
      ["a list", "[]"],
      ["text", '"alg"'],
      ["not JSON", "alg"],
      ["cut off", '{"alg":"EdDSA"'],
      ["two objects", "{}{}"],
      ["a byte order mark", "\ufeff{}"],
      ["nested too deep", "[".repeat(40)],
      ["__proto__", '{"__proto__":{}}'],
      ["with a name twice", '{"alg":"none","alg":"EdDSA"}'],
      ["with a name twice, once escaped", '{"alg":"none","\\u0061lg":"EdDSA"}'],
    ] as const
  ).map(([name, text]) => shape(`header: ${name}`, ({ claims, key }) => forge(text, claims, key), noHeader)),
  shape(
    "header: not UTF-8",
    ({ claims, key }) => signedText(`${Buffer.from([0x7b, 0xff, 0x7d]).toString("base64url")}.${encoded(claims)}`, key),
    noHeader,
  ),

  payload("a list", "[]"),
  payload("a list of claims", '[{"sub":"ann"}]'),
  payload("text", '"ann"'),
  payload("null", "null"),
  payload("empty", ""),
  payload("another token", "eyJhbGciOiJub25lIn0.e30."),
  payload("deep", `{"sub":${"[".repeat(20)}${"]".repeat(20)}}`),
  payload("wide", `{"sub":[${"1,".repeat(200)}1]}`),
  payload("__proto__", '{"__proto__":{"sub":"ann"}}'),
  payload("comment", '{"sub":"ann"/**/}'),
  ...["sub", "exp", "cmd_hash"].map((name) => payload(`the claim ${name} twice`, `{"${name}":1,"x":2,"${name}":1}`)),
  payload("a claim twice, once escaped", '{"sub":"eve","\\u0073ub":"ann"}'),
  payload("exp 1e99", '{"exp":1e99}'),
  payload("half a surrogate pair", '{"sub":"\\ud800"}'),
  payload("no claim at all", "{}", noClaims),

  claim("one that is not known", { admin: true }),
  claim("constructor", { constructor: 1 }),
  ...["iss", "aud", "sub", "jti", "approval_id", "cmd_hash", "iat", "exp"].flatMap((name) => [
    claim(`${name} absent`, { [name]: undefined }),
    claim(`${name} null`, { [name]: null }),
    claim(`${name} a list`, { [name]: ["x"] }),
  ]),
  ...["iat", "nbf", "exp"].flatMap((name) => [
    claim(`${name} as text`, { [name]: String(nowS) }),
    claim(`${name} negative`, { [name]: -1 }),
    claim(`${name} a fraction`, { [name]: nowS + 0.5 }),
    claim(`${name} true`, { [name]: true }),
    claim(`${name} past the year 9999`, { [name]: 253_402_300_800 }),
  ]),
  claim("aud a list with the right one", { aud: ["lockkeeper-gateway"] }),
  claim("iss empty", { iss: "" }),
  claim("aud empty", { aud: "" }),
  claim("sub empty", { sub: "" }),
  claim("sub too long", { sub: "a".repeat(257) }),
  claim("approval_id empty", { approval_id: "" }),
  claim("jti too short to be random", { jti: "A".repeat(21) }),
  claim("jti too long", { jti: "A".repeat(65) }),
  claim("jti of other characters", { jti: "../../../../../../nonces" }),
  claim("cmd_hash in capitals", { cmd_hash: cmdHash.toUpperCase() }),
  claim("cmd_hash cut off", { cmd_hash: cmdHash.slice(1) }),
  claim("cmd_hash with a line end", { cmd_hash: `${cmdHash}\n` }),
  claim("binary_sha256 null", { binary_sha256: null }),
  claim("bundle_sha256 empty", { bundle_sha256: "" }),
  claim("cnf empty", { cnf: {} }),
  claim("cnf with a key in it", { cnf: { jkt: "A".repeat(43), jwk: {} } }),
  claim("cnf null", { cnf: null }),
];

/** A token of exactly this length, with blanks at the end of its header and its claims, which JSON allows. */
export function tokenOfLength(length: number, { header: head, claims, key }: TokenWorld): string {
  for (const spare of ["", " ", "  "]) {
    const headText = `${JSON.stringify(head)}${spare}`;
    const claimsText = JSON.stringify(claims);
    const short = forge(headText, claimsText, key).length;
    const from = Math.floor(((length - short) * 3) / 4) - 3;
    for (let blanks = from; blanks < from + 6; blanks += 1) {
      const token = forge(headText, `${claimsText}${" ".repeat(blanks)}`, key);
      if (token.length === length) return token;
    }
  }
  throw new Error(`no token is ${length} long`);
}
