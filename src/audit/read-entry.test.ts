import { describe, expect, it } from "vitest";
import { readEntry } from "./read-entry.js";
import { event, sampleLines, sampleWriter } from "./testdata/sample-log.js";

const [line = ""] = sampleLines("w1", 1);
const refusedAs = (text: string) => {
  const read = readEntry(text);
  return read.ok ? "taken" : read.error;
};

// @requirement MEX-06
describe("the envelope that a gated operation is recorded in", () => {
  it("is taken in its one canonical form", () => {
    expect(readEntry(line)).toEqual({ ok: true, value: JSON.parse(line) });
    expect(JSON.parse(line)).toMatchObject({ schema: "lockkeeper/audit-entry/v1", kind: "intent" });
    for (const other of [`${line} `, line.replace('"seq":1', '"seq":1.0')]) {
      expect(readEntry(other)).toEqual({ ok: false, error: "it is not in canonical form" });
    }
  });

  it("holds a DEL as it is, as canonical JSON does", () => {
    const writer = sampleWriter("w1");
    writer.write(event("approval/approved", "a\u007fb\u007fc"));
    const [strange = ""] = writer.lines;
    expect(readEntry(strange)).toMatchObject({ ok: true, value: { object: "a\u007fb\u007fc" } });
    expect(refusedAs(strange.replaceAll("\u007f", "\\u007f"))).toBe("it is not in canonical form");
  });

  it("is refused without a version, or with one that is not ours", () => {
    const ours = '"schema":"lockkeeper/audit-entry/v1"';
    expect(line).toContain(ours);
    for (const other of [
      '"schema":"lockkeeper/audit-entry/v2"',
      '"schema":1',
      '"scheme":"lockkeeper/audit-entry/v1"',
    ]) {
      expect(refusedAs(line.replace(ours, other))).toMatch(/^it is no audit entry: /);
    }
  });

  it("is refused where the schema does, and says where", () => {
    expect(refusedAs(line.replace('"seq":1', '"seq":"1"'))).toMatch(/^it is no audit entry: .*\/seq must/);
    expect(refusedAs(line.replace('"kind":"intent"', '"kind":"other"'))).toMatch(/^it is no audit entry: /);
    expect(refusedAs("[]")).toMatch(/^it is no audit entry: it must/);
    expect(refusedAs("{}")).toMatch(/^it is no audit entry: .*, /);
  });

  it("is refused where it is no JSON, or says something twice", () => {
    expect(refusedAs(line.slice(0, -1))).toMatch(/^it is no JSON: .* \(entry, column [0-9]+\)$/);
    expect(refusedAs(line.replace('"seq":1', '"seq":1,"seq":1'))).toMatch(/^it is no JSON: .*seq/);
  });
});
