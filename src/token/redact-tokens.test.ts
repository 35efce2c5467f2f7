import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { algorithms, looksLikeToken, newKey, privateJwks, redactJson, redactTokens } from "./index.js";
import { nowMs, randomOf, tokenWorld } from "./testdata/token-world.js";

const { token } = await tokenWorld("EdDSA");
const [head = "", body = ""] = token.split(".");

describe("redactTokens", () => {
  // @requirement EXE-16
  it.each([
    [token, "[token]"],
    [`${head}.${body}`, "[token]"],
    [`${head}.${body}.`, "[token]"],
    [`${head}.a.b.c.d`, "[token]"],
    [`token=${token}&x=1`, "token=[token]&x=1"],
    [`{"token":"${token}"}`, '{"token":"[token]"}'],
    [`a ${token} b ${token}\n`, "a [token] b [token]\n"],
    [`https://host/?t=${token}#x`, "https://host/?t=[token]#x"],
    [`Authorization: Bearer ${token}`, "Authorization: Bearer [token]"],
    ["authorization: bearer opaque-token-1234", "authorization: bearer [token]"],
    ["DPoP abcdefgh.ijkl", "DPoP [token]"],
    [`{"d":"${"A".repeat(43)}"}`, '{"d":"[key]"}'],
    [`{"k" : "${"A".repeat(16)}"}`, '{"k" : "[key]"}'],
    [JSON.stringify(JSON.stringify({ k: "A".repeat(43) })), '"{\\"k\\":\\"[key]\\"}"'],
  ])("%j becomes %j", (text, redacted) => {
    expect(redactTokens(text)).toBe(redacted);
    expect(looksLikeToken(text)).toBe(true);
  });

  // @requirement EXE-16
  it.each([
    "",
    "eyJ",
    "eyJhbGciOiJFZERTQSJ9",
    "a.b.c",
    "1.2.3",
    "Bearer of news",
    "keyJ.a.b",
    "x_eyJ.a.b",
    '{"id":"AAAAAAAAAAAAAAAAAAAA"}',
    '{"d":"short"}',
    "-----BEGIN PUBLIC KEY-----",
  ])("leaves %j as it is", (text) => {
    expect(redactTokens(text)).toBe(text);
    expect(looksLikeToken(text)).toBe(false);
  });

  // @requirement EXE-16
  it("takes every key out of a key file, and private keys out of PEM, also where they are cut off", () => {
    const keys = algorithms.map((alg) => newKey(alg, "capability", nowMs, randomOf(alg)));
    const text = JSON.stringify(privateJwks({ keys }), null, 2);
    for (const key of keys) {
      const { d, k } = key.privateKey.export({ format: "jwk" });
      expect(redactTokens(text)).not.toContain(d ?? k);
    }
    expect(redactTokens(text).match(/\[key\]/g)).toHaveLength(3);
    for (const type of ["pkcs8", "sec1"] as const) {
      const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const pem = privateKey.export({ type, format: "pem" }).toString();
      expect(redactTokens(`a\n${pem}b`)).toBe("a\n[key]\nb");
      expect(redactTokens(`a\n${pem.slice(0, 80)}`)).toBe("a\n[key]");
    }
  });

  it.each(["eyJ-", "eyJ.", "eyJa.", ".eyJa", '"d":"', "Bearer ", "-----BEGIN PRIVATE KEY-----", "\\", "eyJ".repeat(3)])(
    "is linear in texts full of near misses: %j",
    (piece) => {
      const text = piece.repeat(Math.ceil(1_000_000 / piece.length));
      const startedMs = performance.now();
      redactTokens(text);
      // Quadratic would be minutes.
      expect(performance.now() - startedMs).toBeLessThan(10_000);
    },
  );
});

describe("redactJson", () => {
  const begun = "-----BEGIN EC PRIVATE KEY-----\nAAAA";

  // @requirement EXE-16
  it.each<readonly [unknown, unknown]>([
    [
      { a: begun, b: "there" },
      { a: "[key]", b: "there" },
    ],
    [
      [begun, ["there", begun]],
      ["[key]", ["there", "[key]"]],
    ],
    [
      { [begun]: 1, b: { c: null } },
      { "[key]": 1, b: { c: null } },
    ],
    [{ a: `line\n${token}` }, { a: "line\n[token]" }],
    [
      { kty: "oct", k: "A".repeat(43) },
      { kty: "oct", k: "[key]" },
    ],
    [`Bearer ${token}`, "Bearer [token]"],
    [
      { a: 1, b: true, c: "plain", d: [] },
      { a: 1, b: true, c: "plain", d: [] },
    ],
  ])("%j becomes JSON of %j", (value, redacted) => {
    expect(JSON.parse(redactJson(value))).toEqual(redacted);
  });
});
