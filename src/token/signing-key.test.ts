import { describe, expect, it } from "vitest";
import { newKey } from "./new-key.js";
import { currentKey, requireKeys } from "./signing-key.js";
import { nowMs, randomOf } from "./testdata/token-world.js";

describe("a program that needs keys", () => {
  const keySet = { keys: [newKey("EdDSA", "capability", nowMs, randomOf("a"))] };

  // @requirement EXE-17
  it("is told before it starts of each purpose that nobody can sign for", () => {
    expect(requireKeys(keySet, ["capability"], nowMs)).toEqual({ ok: true, value: keySet });
    expect(requireKeys(keySet, ["capability", "bearer", "checkpoint"], nowMs)).toEqual({
      ok: false,
      error: ["bearer", "checkpoint"].map((purpose) => ({
        code: "key/missing",
        message: `there is no key to sign with for the purpose ${purpose}`,
        hint: `make one with: lockkeeper keys generate --purpose ${purpose}`,
      })),
    });
  });

  // @requirement EXE-17
  it("signs with the current one alone: not with one that was replaced, has retired, or is half there", () => {
    const [key] = keySet.keys;
    if (key === undefined) throw new Error("no key");
    const signs = (change: object) => currentKey({ keys: [{ ...key, ...change }] }, "capability", nowMs).ok;
    expect(signs({})).toBe(true);
    expect(signs({ replaced_ms: nowMs })).toBe(false);
    expect(signs({ retire_at_ms: nowMs })).toBe(false);
    expect(signs({ privateKey: null })).toBe(false);
    expect(signs({ purpose: "bearer" })).toBe(false);
    const two = { keys: [{ ...key, kid: "old", replaced_ms: 1 }, key] };
    expect(currentKey(two, "capability", nowMs)).toEqual({ ok: true, value: key });
  });
});
