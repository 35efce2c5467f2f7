import { describe, expect, it } from "vitest";
import {
  addKey,
  currentKey,
  type KeySet,
  keyState,
  maxBearerLifeS,
  maxKeys,
  newKey,
  parseKeySet,
  privateJwks,
  rotateKey,
  verifyingKey,
} from "./index.js";
import { clockAt, nowMs, randomOf } from "./testdata/token-world.js";

const random = randomOf("rotate");
const empty: KeySet = { keys: [] };

function valueIn<T>(result: { ok: true; value: T } | { ok: false; error: { message: string } }): T {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}
const capability = () => valueIn(addKey(empty, { purpose: "capability", alg: "EdDSA" }, clockAt(), random));
const states = ({ keys }: KeySet, ms: number) => keys.map((key) => keyState(key, ms));

describe("keys in their life", () => {
  it("are added once for each purpose", () => {
    const one = capability();
    expect(one.keys).toMatchObject([{ alg: "EdDSA", purpose: "capability", created_ms: nowMs, replaced_ms: null }]);
    const again = addKey(one, { purpose: "capability", alg: "HS256" }, clockAt(), random);
    expect(again).toMatchObject({ ok: false, error: { message: "there is a key for the purpose capability already" } });
    expect(valueIn(addKey(one, { purpose: "bearer", alg: "HS256" }, clockAt(), random)).keys).toHaveLength(2);
  });

  it.each([
    ["capability", 360_000],
    ["bearer", (maxBearerLifeS + 60) * 1000],
  ] as const)("for %s verify until their tokens' longest life is past, and are then dropped", (purpose, lingerMs) => {
    const before = valueIn(addKey(empty, { purpose, alg: "ES256" }, clockAt(), random));
    const [old] = before.keys;
    const after = valueIn(rotateKey(before, { purpose }, clockAt(), random));
    expect(after.keys).toMatchObject([
      { kid: old?.kid, replaced_ms: nowMs, retire_at_ms: nowMs + lingerMs },
      { alg: "ES256", created_ms: nowMs, replaced_ms: null, retire_at_ms: null },
    ]);
    expect(states(after, nowMs)).toEqual(["retiring", "current"]);
    expect(states(after, nowMs + lingerMs - 1)).toEqual(["retiring", "current"]);
    expect(states(after, nowMs + lingerMs)).toEqual(["retired", "current"]);
    expect(verifyingKey(after, old?.kid ?? "", purpose, nowMs + lingerMs)).toBeUndefined();
    const third = valueIn(rotateKey(after, { purpose, alg: "EdDSA" }, clockAt(nowMs + lingerMs), random));
    expect(third.keys.map(({ alg }) => alg)).toEqual(["ES256", "EdDSA"]);
  });

  it("forget their private half when they are replaced, and verify all the same once read again", () => {
    const before = capability();
    const after = valueIn(rotateKey(before, { purpose: "capability" }, clockAt(), random));
    const text = JSON.stringify(privateJwks(after));
    const [{ d } = { d: "" }] = Object(JSON.parse(JSON.stringify(privateJwks(before)))).keys;
    expect(text).not.toContain(d);
    const [old] = before.keys;
    const read = parseKeySet(text, "keys");
    expect(
      read.ok &&
        verifyingKey(read.value, old?.kid ?? "", "capability", nowMs)?.verifyKey.equals(old?.verifyKey ?? Object()),
    ).toBe(true);
  });

  it("keep the time at which they retire when others are replaced after them", () => {
    const first = valueIn(rotateKey(capability(), { purpose: "capability" }, clockAt(), random));
    const second = valueIn(rotateKey(first, { purpose: "capability" }, clockAt(nowMs + 1000), random));
    expect(second.keys.map(({ retire_at_ms }) => retire_at_ms)).toEqual([nowMs + 360_000, nowMs + 361_000, null]);
  });

  it("that were stolen are dropped at once, with all before them; those for other things stay", () => {
    const both = valueIn(addKey(capability(), { purpose: "bearer", alg: "HS256" }, clockAt(), random));
    const rotated = valueIn(rotateKey(both, { purpose: "capability" }, clockAt(), random));
    const dropped = valueIn(rotateKey(rotated, { purpose: "capability", dropOld: true }, clockAt(), random));
    expect(dropped.keys.map(({ purpose }) => purpose)).toEqual(["bearer", "capability"]);
    expect(rotated.keys.some(({ kid }) => kid === currentKid(dropped))).toBe(false);
  });

  it("for checkpoints verify for ever, sign with EdDSA alone and are not dropped", () => {
    const one = valueIn(addKey(empty, { purpose: "checkpoint", alg: "EdDSA" }, clockAt(), random));
    const two = valueIn(rotateKey(one, { purpose: "checkpoint" }, clockAt(), random));
    expect(states(two, 8_640_000_000_000_000)).toEqual(["retiring", "current"]);
    expect(rotateKey(one, { purpose: "checkpoint", dropOld: true }, clockAt(), random)).toMatchObject({
      error: { message: "checkpoints that were signed could then not be verified" },
    });
    const hmac = { error: { code: "key/invalid", message: "checkpoints are signed with EdDSA" } };
    expect(addKey(empty, { purpose: "checkpoint", alg: "HS256" }, clockAt(), random)).toMatchObject(hmac);
    expect(rotateKey(one, { purpose: "checkpoint", alg: "ES256" }, clockAt(), random)).toMatchObject(hmac);
  });

  it("are replaced only where there are some, and are never too many", () => {
    expect(rotateKey(empty, { purpose: "bearer" }, clockAt(), random)).toMatchObject({
      error: { code: "key/missing", message: "there is no key for the purpose bearer" },
    });
    const old = Array.from({ length: maxKeys - 1 }, () => ({
      ...newKey("HS256", "bearer", nowMs, random),
      replaced_ms: 0,
    }));
    const full = { keys: [...old, newKey("HS256", "bearer", nowMs, random)] };
    expect(rotateKey(full, { purpose: "bearer" }, clockAt(), random)).toMatchObject({
      error: { message: "there are 64 keys already" },
    });
    expect(rotateKey({ keys: full.keys.slice(1) }, { purpose: "bearer" }, clockAt(), random)).toMatchObject({
      ok: true,
    });
  });
});

function currentKid(keySet: KeySet): string {
  return valueIn(currentKey(keySet, "capability", nowMs)).kid;
}
