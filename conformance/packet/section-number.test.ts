import { describe, expect, it } from "vitest";
import { isInRanges, sectionNumber } from "./section-number.js";

/** @requirement MEX-14 */
describe("a range of sections", () => {
  it.each([
    ["7.6.3.10", ["7.6"], true],
    ["7.6", ["7.6"], true],
    ["7.60", ["7.6"], false],
    ["7", ["7.6"], false],
    ["1", ["1-6"], true],
    ["6.9.9", ["1-6"], true],
    ["7", ["1-6"], false],
    ["0.9", ["1-6"], false],
    ["10.2", ["1-6", "9–11"], true],
    ["10", ["9 — 11"], true],
    ["6.3.0", ["6.3-6.4"], true],
    ["6.2", ["6.3-6.4"], false],
    ["6.10", ["6.9-6.11"], true],
    ["11", ["1-6"], false],
    ["6.30", ["6.3-6.4"], false],
    ["1", ["what"], false],
    ["1", [], false],
  ] as const)("%s in %j: %s", (section, ranges, expected) => {
    expect(isInRanges(sectionNumber(section) ?? [], ranges)).toBe(expected);
  });
});
