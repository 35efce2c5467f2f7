import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { snapshot } from "./snapshot.js";

function reason(value: unknown): string | undefined {
  const copied = snapshot(value, { depth: 5, nodes: 100, units: 1000 });
  return copied.ok ? undefined : copied.error;
}

describe("a snapshot", () => {
  it("equals what it was taken of, and shares nothing with it", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const copied = snapshot(value);
        if (!copied.ok) return JSON.stringify(value).includes("__proto__");
        expect(copied.value).toEqual(value);
        return typeof value !== "object" || value === null || copied.value !== value;
      }),
      { seed: 3, numRuns: 500 },
    );
  });

  it("does not follow a later change", () => {
    const value = { argv: ["ls"] };
    const copied = snapshot(value);
    value.argv[0] = "sh";
    expect(copied).toEqual({ ok: true, value: { argv: ["ls"] } });
  });

  const own: Record<string, unknown> = Object.create(null);
  Object.defineProperty(own, "__proto__", { value: 1, enumerable: true });
  const cycle: unknown[] = [];
  cycle.push(cycle);
  let called = false;
  const accessor = Object.defineProperty({}, "a", { get: () => (called = true), enumerable: true });
  const thrower = new Proxy(
    {},
    {
      ownKeys: () => {
        throw new Error("no");
      },
    },
  );

  it.each([
    ["an accessor", accessor, "the value.a is an accessor or hidden"],
    ["the key __proto__", own, "the value has the key __proto__"],
    ["a symbol key", { [Symbol("s")]: 1 }, "the value has a symbol for a key"],
    ["an instance", { d: new Date(0) }, "the value.d is not a plain object"],
    ["a function", { f: () => 1 }, "the value.f is a function"],
    ["undefined", { u: undefined }, "the value.u is a undefined"],
    ["a big integer", [1n], "the value[0] is a bigint"],
    ["a hole", Object.assign([], { 1: 1 }), "the value[0] is missing"],
    ["NaN", [Number.NaN], "the value[0] is not a finite number"],
    ["half a pair", ["\ud800"], "the value[0] holds half a surrogate pair"],
    ["a cycle", cycle, "the value[0][0][0][0][0] is nested deeper than 5"],
    ["a throwing proxy", thrower, "the value cannot be read"],
    ["many nodes", Array.from({ length: 200 }, () => 1), "more than 100 nodes"],
    ["a huge length", Object.assign([], { length: 4_000_000_000 }), "more than 100 nodes"],
    ["long text", ["x".repeat(1001)], "more than 1000 characters"],
  ])("refuses %s", (_name, value, message) => {
    expect(reason(value)).toBe(message);
  });

  it("calls no accessor", () => {
    reason(accessor);
    expect(called).toBe(false);
  });
});
