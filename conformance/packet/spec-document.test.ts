import { describe, expect, it } from "vitest";
import { isSchema, kindOf } from "./spec-document.js";

/** @requirement MEX-14 */
describe("a statement of a spec", () => {
  it.each([
    ["A gate MUST open.", "Gates", "rule"],
    ["A gate SHALL open.", "Gates", "rule"],
    ["A key is REQUIRED.", "Gates", "rule"],
    ["MUST open", "Gates", "rule"],
    ["[GATE-1] opens.", "Gates", "rule"],
    ["A gate must open.", "Gates", undefined],
    ["A gate MUSTERS.", "Gates", undefined],
    ["OVERREQUIRED keys.", "Gates", undefined],
    ["Invariant: it opens.", "Gates", "invariant"],
    ["The invariants: it MUST open.", "Gates", "invariant"],
    ["Covariant and noninvariant.", "Gates", undefined],
    ["invariantly", "Gates", undefined],
    ["It MUST open.", "Invariants", "invariant"],
    ["It opens.", "Invariants", undefined],
    ["GATE-1 opens.", "Invariants", "rule"],
    [`${"x".repeat(29)} invariant`, "Gates", "invariant"],
    [`${"x".repeat(40)} invariant`, "Gates", undefined],
  ] as const)("%s under %s is: %s", (said, heading, kind) => {
    expect(kindOf(said, heading)).toBe(kind);
  });
});

/** @requirement MEX-14 */
describe("a block of code", () => {
  it.each([
    ["json", "", true],
    ["TypeScript", "title", true],
    ["json5", "", false],
    ["ndjson", "", false],
    ["sh", "", false],
    ["", "", false],
    ["json", "example", false],
    ["json", "an Example of it", false],
    ["json", "examples", true],
    ["json", "counterexample", true],
  ])("in %j, marked %j, is a schema: %j", (language, meta, expected) => {
    expect(isSchema(language, meta)).toBe(expected);
  });
});
