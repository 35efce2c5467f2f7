import canonicalize from "canonicalize";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalText } from "./canonical-text.js";
import { intent } from "./testdata/sample-log.js";

const key = fc.oneof(
  fc.stringMatching(/^[a-z][a-zA-Z0-9_]{0,6}$/),
  fc.string({ unit: "binary" }),
  fc.nat().map(String),
);
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.string({ unit: "binary" }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 5 }),
    fc.dictionary(key, tie("value"), { maxKeys: 6 }),
  ),
})).value;

/** What is given, or that it is refused. */
function told(make: () => string | undefined): string | undefined {
  try {
    return make();
  } catch {
    return "refused";
  }
}

describe("canonical text", () => {
  it("is the library's, whatever the value", () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(canonicalText(value)).toBe(canonicalize(value));
      }),
      { seed: 7, numRuns: 2000 },
    );
  });

  it.each([
    { b: 1, a: { d: [1, { z: 0, y: -0 }], c: "ü\u2028\u007f" } },
    { 10: 1, 9: 2, a: 3 },
    { a: { 2: 1, 10: 2 } },
    JSON.parse('{"__proto__": {"b": 1}, "a": 2}'),
    { "": 1, B: 2, a: 3, é: 4 },
    { a: 1e21, b: 1e-7, c: 0.1, d: 5e-324 },
    { a: undefined, b: 1 },
    [undefined, 1],
    { a: new Date(0) },
    { a: "\ud800" },
    { "a\ud800": 1 },
    { a: Number.NaN },
    [Number.POSITIVE_INFINITY],
    undefined,
    "text",
    null,
    intent("execution-1"),
  ])("is the library's also for %o", (value) => {
    expect(told(() => canonicalText(value))).toBe(told(() => canonicalize(value)));
  });
});
