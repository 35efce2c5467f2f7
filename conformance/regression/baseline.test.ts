import { describe, expect, it } from "vitest";
import { baselineText, readBaseline, updateHint } from "./baseline.js";
import { sha256, standingsOf } from "./standing.js";
import { placeExample, standingExample } from "./testdata/standing-example.js";

const standings = [standingExample({ id: "B-1" }), standingExample({ id: "A-1" })];
const text = baselineText(standings);

/** Whether it could be read, and why it counts as edited. */
function read(changed: string) {
  const baseline = readBaseline(changed, "specs/baseline.json");
  return baseline.ok ? (baseline.value.edited ?? "as written") : baseline.error[0]?.code;
}

/** @requirement HAR-06 */
describe("a baseline", () => {
  it("is read as it was written, sorted, whatever order its parts came in", () => {
    const reversed = standings.map((one) => ({ ...one, evidence: one.evidence.toReversed() })).toReversed();
    expect(baselineText(reversed)).toBe(text);
    const baseline = readBaseline(text, "b");
    expect(baseline.ok && baseline.value.edited).toBe(undefined);
    expect(baseline.ok && baseline.value.requirements.map(({ id }) => id)).toEqual(["A-1", "B-1"]);
    expect(baselineText(baseline.ok ? baseline.value.requirements : [])).toBe(text);
    expect(text.split("\n")).toHaveLength(17);
  });

  it("notices each edit by hand, and takes line ends of another system for none", () => {
    const digest = "its digest is not that of its content";
    expect(read(text)).toBe("as written");
    expect(read(text.replaceAll("\n", "\r\n"))).toBe("as written");
    expect(read(text.replace('"rev":2', '"rev":1'))).toBe(digest);
    expect(read(text.replace('"passed"', '"cited"'))).toBe(digest);
    expect(read(text.replace("a".repeat(64), "f".repeat(64)))).toBe(digest);
    expect(read(text.replace(/"digest": "./, '"digest": "'))).toBe("schema/invalid");
    expect(read(text.replace(',"pass",', ',"skip",'))).toBe(digest);
    expect(read(text.replace(",\n  ", ", "))).toBe("it is not written as the command writes it");
    expect(read(`${text}\n`)).toBe("it is not written as the command writes it");
  });

  it("refuses what is no baseline, and says how to make one", () => {
    expect(read("")).toBe("json/syntax");
    expect(read("{}")).toBe("schema/invalid");
    expect(read(text.replace("{", '{"schema": "x",'))).toBe("json/syntax");
    expect(read(text.replace('"baseline/v2"', '"baseline/v1"').replace("/v2", "/v1"))).toBe("schema/invalid");
    expect(read(text.replace(',"pass",', ',"pass","pass",'))).toBe("schema/invalid");
    expect(read(text.replace(',"pass",', ","))).toBe("schema/invalid");
    const twice = baselineText([standingExample(), standingExample()]);
    const baseline = readBaseline(twice, "b");
    expect(!baseline.ok && baseline.error).toMatchObject([
      {
        code: "schema/invalid",
        message: "EXE-15 stands twice",
        place: { file: "b" },
        hint: expect.stringContaining("--update"),
      },
    ]);
    for (const broken of ["{", "{}", '{"schema": "lockkeeper/baseline/v1", "requirements": [{}]}']) {
      const read = readBaseline(broken, "b");
      expect(!read.ok && read.error).toHaveLength(1);
      expect(!read.ok && read.error[0]).toMatchObject({ place: { file: "b", row: 1 }, hint: updateHint });
    }
  });

  it("holds no character that drives a terminal or reorders text", () => {
    const hostile = baselineText([standingExample({ evidence: [placeExample({ name: "\u001b[31m\u202e\u2028" })] })]);
    expect(hostile).toContain(String.raw`\u001b[31m\u202e\u2028`);
    expect(read(hostile)).toBe("as written");
  });
});

/** @requirement HAR-06 */
describe("how requirements stand", () => {
  it("is taken from a report, with the hash of the lines that stand there now", () => {
    const place = { kind: "code" as const, name: "f", file: "a.ts", row: 2, end_row: 3, status: "pass" as const };
    const { evidence, ...statement } = standingExample();
    const judged = { ...statement, source: "x", status: "pass" as const, demanded: "passed", gaps: [] };
    const report = { requirements: [{ ...judged, evidence: [place, { ...place, file: "gone.ts", row: 1 }] }] };
    const files = new Map([["a.ts", "1\n2  \n3\r\n4"]]);
    expect(evidence).toHaveLength(2);
    expect(standingsOf(report, (file) => files.get(file))).toEqual([
      {
        ...statement,
        evidence: [
          { kind: "code", name: "f", file: "a.ts", status: "pass", lines_sha256: sha256("2\n3") },
          { kind: "code", name: "f", file: "gone.ts", status: "pass", lines_sha256: sha256("") },
        ],
      },
    ]);
  });

  it("is only what it says while it is planned: nothing of it can be lost yet", () => {
    const { evidence: _, ...statement } = standingExample();
    const place = { kind: "code" as const, name: "f", file: "a.ts", row: 2, end_row: 3, status: "pass" as const };
    const planned = {
      ...statement,
      source: "x",
      status: "planned" as const,
      demanded: null,
      gaps: [],
      evidence: [place],
    };
    expect(standingsOf({ requirements: [planned] }, () => "1\n2")).toEqual([
      { ...statement, reached: [], evidence: [] },
    ]);
  });
});
