import { describe, expect, it } from "vitest";
import { newKey } from "./new-key.js";
import { refused } from "./refusal.js";
import { clockAt, forge, nowMs, randomOf } from "./testdata/token-world.js";
import { keyOfHeader, type TokenKind, verifyJws } from "./verify-jws.js";

const kind: TokenKind = { typ: "test+jwt", purpose: "capability" };
const key = newKey("HS256", "capability", nowMs, randomOf("a"));
const bearerKey = newKey("HS256", "bearer", nowMs, randomOf("b"));
const retired = { ...newKey("HS256", "capability", 0, randomOf("c")), replaced_ms: 1, retire_at_ms: nowMs };
const keySet = { keys: [bearerKey, retired, key] };
const header = { alg: "HS256", kid: key.kid, typ: "test+jwt" };

describe("a header", () => {
  // @requirement EXE-03
  it("names one of our keys, with its algorithm and the type that is expected", () => {
    expect(keyOfHeader(header, keySet, kind, nowMs)).toEqual({ ok: true, value: key });
  });

  const more = "the header holds more than alg, kid and typ";
  const noType = "the token's type is not test+jwt";
  const noKey = "the header names no key of ours";
  const noAlgorithm = "the algorithm is not the one of the key";

  // @requirement EXE-03
  it.each([
    ["a key's address", { ...header, jku: "https://evil.example" }, more],
    ["an address of a certificate", { ...header, x5u: "https://evil.example" }, more],
    ["a key", { ...header, jwk: {} }, more],
    ["an extension", { ...header, crit: [] }, more],
    ["a name that is empty", { ...header, "": 1 }, more],
    ["another type", { ...header, typ: "JWT" }, noType],
    ["no type", { alg: "HS256", kid: key.kid }, noType],
    ["a key that nobody knows", { ...header, kid: "x" }, noKey],
    ["no key", { alg: "HS256", typ: "test+jwt" }, noKey],
    ["a key for something else", { ...header, kid: bearerKey.kid }, noKey],
    ["a key whose time is past", { ...header, kid: retired.kid }, noKey],
    ["no algorithm", { kid: key.kid, typ: "test+jwt" }, noAlgorithm],
    ["the algorithm none", { ...header, alg: "none" }, noAlgorithm],
    ["an algorithm of another key", { ...header, alg: "EdDSA" }, noAlgorithm],
  ])("is refused with %s", (_, given, message) => {
    expect(keyOfHeader(given, keySet, kind, nowMs)).toEqual(refused("forged", message));
  });
});

describe("a signed text", () => {
  const now = clockAt().nowMs();

  // @requirement EXE-03
  it("gives its claims once its signature is found good", () => {
    const claims = { sub: "ann", n: 1 };
    expect(verifyJws(keySet, forge(header, claims, key), kind, now)).toEqual({ ok: true, value: claims });
    expect(verifyJws(keySet, forge(header, claims, bearerKey), kind, now)).toEqual(
      refused("forged", "the signature is not by the key it names"),
    );
  });

  // @requirement EXE-03
  it.each(["[]", '"a"', "1", "null", "{", "", '{"sub":"ann","sub":"eve"}'])(
    "has one JSON object for claims, and not %j",
    (text) => {
      expect(verifyJws(keySet, forge(header, text, key), kind, now)).toEqual(
        refused("malformed", "the claims are not one JSON object"),
      );
    },
  );
});
