import { createSecretKey, generateKeyPairSync, randomBytes } from "node:crypto";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import type { Problem, Result } from "../model/index.js";
import {
  algorithms,
  currentKey,
  type KeySet,
  keySetOfSecrets,
  maxKeys,
  mintCapability,
  newKey,
  parseKeySet,
  privateJwks,
  publicJwks,
  verifyCapability,
  verifyingKey,
} from "./index.js";
import { clockAt, cmdHash, nowMs, randomOf } from "./testdata/token-world.js";

const file = "keys.json";
const base64url = (bytes: Uint8Array | string) => Buffer.from(bytes).toString("base64url");
const jwksOf = (keySet: KeySet) => Object(JSON.parse(JSON.stringify(privateJwks(keySet)))).keys;
const random32 = Buffer.from(randomOf("secret").bytes(32));
const oct = { kty: "oct", kid: "a", alg: "HS256", purpose: "capability", k: base64url(random32) };

function okp(change: object = {}) {
  return { ...jwksOf({ keys: [newKey("EdDSA", "capability", nowMs, randomOf("a"))] })[0], ...change };
}
function ec(change: object = {}) {
  return { ...jwksOf({ keys: [newKey("ES256", "capability", nowMs, randomOf("a"))] })[0], ...change };
}
const parse = (...keys: readonly unknown[]) => parseKeySet(JSON.stringify({ keys }), file);

function messages(result: Result<unknown, readonly Problem[]>): readonly string[] {
  return result.ok ? [] : result.error.map(({ code, message }) => `${code}: ${message}`);
}

describe("a key set", () => {
  it.each(algorithms)("of %s is read as it was written, and its tokens verify", async (alg) => {
    const written = {
      keys: [newKey(alg, "capability", nowMs, randomOf("a")), newKey(alg, "bearer", nowMs, randomOf("b"))],
    };
    const read = parseKeySet(JSON.stringify(privateJwks(written)), file);
    if (!read.ok) throw new Error(messages(read).join());
    expect(jwksOf(read.value)).toEqual(jwksOf(written));
    const grant = { sub: "ann", approval_id: "a", cmd_hash: cmdHash };
    const minted = await mintCapability(read.value, grant, clockAt(), randomOf("c"));
    expect(minted.ok && verifyCapability(written, minted.value.token, clockAt()).ok).toBe(true);
  });

  it("may say no more than a JWK must, its id and what it is for", () => {
    expect(parse(oct)).toMatchObject({
      ok: true,
      value: { keys: [{ kid: "a", created_ms: null, retire_at_ms: null }] },
    });
  });

  it("shows nothing of its keys when it is printed", () => {
    const keySet = { keys: algorithms.map((alg) => newKey(alg, "capability", nowMs, randomOf("a"))) };
    const secrets = jwksOf(keySet).map(({ d, k }: { d?: string; k?: string }) => d ?? k);
    const shown = `${JSON.stringify(keySet)}${inspect(keySet, { depth: 9 })}${JSON.stringify(publicJwks(keySet, nowMs))}`;
    expect(secrets.filter((secret: string) => secret.length >= 43)).toHaveLength(3);
    expect(secrets.filter((secret: string) => shown.includes(secret))).toEqual([]);
  });

  it("gives others the public halves alone, of those that still verify", () => {
    const [a, b, c] = [
      newKey("EdDSA", "capability", nowMs, randomOf("a")),
      newKey("ES256", "bearer", nowMs, randomOf("b")),
      newKey("HS256", "bearer", nowMs, randomOf("c")),
    ];
    const retired = { ...newKey("EdDSA", "bearer", nowMs, randomOf("d")), replaced_ms: 0, retire_at_ms: nowMs };
    const { keys } = publicJwks({ keys: [a, b, c, retired] }, nowMs);
    expect(keys.map((jwk) => [jwk.kid, Object.keys(jwk).sort().join(" ")])).toEqual([
      [a.kid, "alg created_ms crv kid kty purpose replaced_ms retire_at_ms use x"],
      [b.kid, "alg created_ms crv kid kty purpose replaced_ms retire_at_ms use x y"],
    ]);
  });

  it("that holds public halves verifies and does not sign", () => {
    const { d: _, ...half } = okp();
    const read = parse(half);
    expect(read.ok && verifyingKey(read.value, half.kid, "capability", nowMs)).toMatchObject({ privateKey: null });
    expect(read.ok && currentKey(read.value, "capability", nowMs)).toMatchObject({ error: { code: "key/missing" } });
  });

  it.each([
    ["nothing", "", "key/missing: there are no keys"],
    ["blanks", " \n", "key/missing: there are no keys"],
    ["no JSON", "keys", "key/invalid: the keys are not well-formed JSON"],
    ["a name twice", '{"keys":[],"keys":[]}', "key/invalid: the keys are not well-formed JSON"],
    ["a list", "[]", 'key/invalid: the keys are not a JWKS: {"keys": […]}'],
    ["one key", JSON.stringify(oct), 'key/invalid: the keys are not a JWKS: {"keys": […]}'],
    ["no list", '{"keys":{}}', 'key/invalid: the keys are not a JWKS: {"keys": […]}'],
    ["something besides", '{"keys":[],"more":1}', 'key/invalid: the keys are not a JWKS: {"keys": […]}'],
    ["too many", JSON.stringify({ keys: Array(maxKeys + 1).fill(1) }), "key/invalid: there are more than 64 keys"],
  ])("is not read from %s", (_, text, message) => {
    expect(messages(parseKeySet(text, file))).toEqual([message]);
  });

  const other = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ format: "jwk" });
  it.each<readonly [string, unknown, string]>([
    ["no object", 1, "a key's kty is OKP, EC or oct"],
    ["RSA", { ...oct, kty: "RSA" }, "a key's kty is OKP, EC or oct"],
    ["another algorithm", { ...oct, alg: "HS512" }, "its member alg must be equal to constant"],
    ["an algorithm of another kind", okp({ alg: "HS256" }), "its member alg must be equal to constant"],
    ["another curve", okp({ crv: "Ed448" }), "its member crv must be equal to constant"],
    ["no purpose", { ...oct, purpose: undefined }, "it must have required property 'purpose': \"purpose\""],
    [
      "two purposes",
      { ...oct, purpose: ["capability", "bearer"] },
      'its member purpose must be equal to one of the allowed values: "capability | bearer | checkpoint"',
    ],
    ["an id that is a path", { ...oct, kid: "../a" }, 'its member kid must match pattern "^[A-Za-z0-9_-]{1,64}$"'],
    ["what nobody knows", { ...oct, jku: "x" }, 'it must NOT have additional properties: "jku"'],
    ["checkpoints by HMAC", { ...oct, purpose: "checkpoint" }, "checkpoints are signed with EdDSA"],
    ["checkpoints by ECDSA", ec({ purpose: "checkpoint" }), "checkpoints are signed with EdDSA"],
    [
      "a secret with loose bits",
      { ...oct, k: `${oct.k.slice(0, -1)}${oct.k.endsWith("B") ? "C" : "B"}` },
      "its member k is not base64url",
    ],
    ["the private half of another", okp({ d: base64url(random32) }), "its private half belongs to another public one"],
    ["a point off the curve", ec({ y: base64url(random32) }), "its numbers are no key of its curve"],
    ["the point of another", ec({ x: other.x, y: other.y }), "its private half belongs to another public one"],
    ["half a point", ec({ y: undefined }), "it must have required property 'y': \"y\""],
  ])("is not read with a key of %s", (_, key, message) => {
    expect(messages(parse(oct, key))).toEqual([`key/invalid: key 2: ${message}`]);
  });

  it("is not read with an id twice, or two that sign for one purpose", () => {
    expect(messages(parse(oct, { ...oct, purpose: "bearer" }))).toEqual(["key/invalid: two keys have the same kid"]);
    expect(messages(parse(oct, { ...oct, kid: "b" }))).toEqual([
      "key/invalid: two keys are current for the purpose capability",
    ]);
    expect(parse(oct, { ...oct, kid: "b", purpose: "bearer" }).ok).toBe(true);
    expect(parse(oct, { ...oct, kid: "b", replaced_ms: 1, retire_at_ms: 2 }).ok).toBe(true);
  });

  it("tells what is wrong without a word of what it holds", () => {
    const k = base64url("0123456789abcdef");
    const texts = [
      `{"keys":[{"k":"${k}" "kid"}]}`,
      JSON.stringify({ keys: [{ ...oct, k }] }),
      JSON.stringify({ keys: [{ ...oct, d: k }] }),
    ];
    for (const text of texts) {
      const told = JSON.stringify(parseKeySet(text, file));
      expect(told).toContain('"ok":false');
      expect(told).not.toContain(k);
    }
  });
});

const short = "it is shorter than 256 bit";
const known = "it is a default or an example";
const plain = "it is not random";

describe("a secret", () => {
  // @requirement EXE-17
  it.each([
    ["a".repeat(31), short],
    ["secret", short],
    [random32.toString("hex").slice(0, 31), short],
    ["a-string-secret-at-least-256-bits-long", known],
    ["your-256-bit-secret-your-256-bit-secret", known],
    ["changeme-8f41c2e6b0a97d35e2c8417fa6", known],
    ["CHANGE_ME_8f41c2e6b0a97d35e2c8417fa6", known],
    ["Password8f41c2e6b0a97d35e2c8417fa6", known],
    ["lockkeeper-8f41c2e6b0a97d35e2c8417fa6", known],
    ["default-8f41c2e6b0a97d35e2c8417fa6", known],
    ["a".repeat(64), plain],
    ["ab".repeat(32), plain],
    ["xkcdxkcd".repeat(8), plain],
    ["0".repeat(64), plain],
    [String.fromCharCode(...Array.from({ length: 40 }, (_, index) => 33 + index * 2)), plain],
    ["ba4d49a5433d23e11c40469fcc4d4b7e", plain],
    ["ba4d49a5433d23e1".repeat(9), plain],
  ])("%j is too weak to start with", (secret, why) => {
    for (const purpose of ["capability", "bearer"] as const) {
      const message = `the secret for the purpose ${purpose} is too weak: ${why}`;
      expect(keySetOfSecrets({ [purpose]: secret })).toEqual({ ok: false, error: [{ code: "key/weak", message }] });
    }
    expect(messages(parse({ ...oct, k: base64url(secret) }))).toEqual([`key/weak: key 1: ${why}`]);
  });

  // @requirement EXE-17
  it("that is random is good, in each way of writing it", () => {
    for (let n = 0; n < 200; n += 1) {
      const bytes = randomBytes(32);
      for (const secret of [bytes.toString("hex"), bytes.toString("base64"), bytes.toString("base64url")]) {
        const read = keySetOfSecrets({ capability: secret });
        expect(read).toMatchObject({
          ok: true,
          value: {
            keys: [
              {
                kid: "secret-capability",
                alg: "HS256",
                purpose: "capability",
                created_ms: null,
                replaced_ms: null,
                retire_at_ms: null,
              },
            ],
          },
        });
        const [key] = read.ok ? read.value.keys : [];
        expect(key?.verifyKey.equals(createSecretKey(secret, "utf8"))).toBe(true);
      }
      expect(parse({ ...oct, k: base64url(bytes) }).ok).toBe(true);
    }
  });

  // @requirement EXE-17
  it("of exactly 32 bytes is long enough", () => {
    expect(keySetOfSecrets({ bearer: random32.toString("base64url").slice(0, 32) })).toMatchObject({ ok: true });
  });

  // @requirement EXE-17
  it("that is empty is missing, and none is for checkpoints", () => {
    const secret = random32.toString("hex");
    expect(messages(keySetOfSecrets({ capability: "", bearer: secret, checkpoint: secret }))).toEqual([
      "key/missing: the secret for the purpose capability is empty",
      "key/invalid: checkpoints are signed with EdDSA",
    ]);
    expect(keySetOfSecrets({})).toEqual({ ok: true, value: { keys: [] } });
  });

  // @requirement EXE-17
  it.each([
    [
      "HS256 of RFC 7515",
      { ...oct, k: "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow" },
    ],
    ["Ed25519 of RFC 8037", okp({ d: undefined, x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" })],
    [
      "P-256 of RFC 7515",
      ec({
        d: undefined,
        x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
      }),
    ],
    [
      "a point of order 8",
      okp({
        d: undefined,
        x: base64url(Buffer.from("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", "hex")),
      }),
    ],
  ])("that everybody can look up is a default: %s", (_, key) => {
    expect(messages(parse(key))).toEqual([`key/weak: key 1: ${known}`]);
  });

  // @requirement EXE-17
  it.each([
    ["zeros", Buffer.alloc(32)],
    ["counting", Buffer.from(Array.from({ length: 32 }, (_, index) => index))],
    ["counting by sevens", Buffer.from(Array.from({ length: 32 }, (_, index) => (index * 7) % 256))],
  ])("key's private half of %s is too weak", (_, d) => {
    expect(messages(parse(okp({ d: base64url(d) })))).toEqual([`key/weak: key 1: ${plain}`]);
  });
});
