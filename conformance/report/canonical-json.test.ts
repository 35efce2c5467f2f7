import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parserOf, Report } from "../../src/index.js";
import { canonicalJson } from "./canonical-json.js";
import {
  emptyReport,
  failingReport,
  hostile,
  hostileReport,
  passingReport,
  skippingReport,
} from "./testdata/report-example.js";

// @requirement HAR-05
describe("canonical JSON", () => {
  it("sorts keys at every depth and ends with a line feed", () => {
    expect(canonicalJson({ b: [{ d: 1, c: null }], a: "x", B: true })).toBe(
      '{\n  "B": true,\n  "a": "x",\n  "b": [\n    {\n      "c": null,\n      "d": 1\n    }\n  ]\n}\n',
    );
  });

  it.each([
    ["empty", emptyReport()],
    ["one failure", failingReport()],
    ["one skip", skippingReport()],
    ["passing", passingReport()],
  ])("reads back as the contract it was: %s", (_, report) => {
    const read: unknown = JSON.parse(canonicalJson(report));
    expect(parserOf(Report)(read)).toEqual({ ok: true, value: report });
  });

  it("holds no raw control, bidirectional or zero-width character, and reads back the same", () => {
    const text = canonicalJson(hostileReport());
    expect(text).not.toMatch(/[^\P{C}\n]/u);
    expect(JSON.parse(text)).toEqual(hostileReport());
    expect(canonicalJson([hostile.toWellFormed(), "\u{e0001}"])).toContain("\\udb40\\udc01");
  });

  it("gives the same text whatever order the keys come in", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.json()), (record) => {
        const reversed = Object.fromEntries(Object.entries(record).reverse());
        expect(canonicalJson(reversed)).toBe(canonicalJson(record));
        expect(JSON.parse(canonicalJson(record))).toEqual({ ...record });
      }),
      { seed: 5, numRuns: 300 },
    );
  });
});
