import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parserOfJsonSchema, type Report } from "../../src/index.js";
import { judgeRun } from "../verdict/index.js";
import { verdictExample, waiverExample } from "../verdict/testdata/verdict-example.js";
import type { Sources } from "./findings.js";
import { sarifReport } from "./sarif-report.js";
import {
  emptyReport,
  failingReport,
  hostileReport,
  hostileSources,
  passingReport,
  skippingReport,
  sourcesExample,
} from "./testdata/report-example.js";

const schema: object = JSON.parse(readFileSync(new URL("testdata/sarif-2.1.0.schema.json", import.meta.url), "utf8"));
const parseSarif = parserOfJsonSchema(schema);

/** Level, rule and place of each result. */
function results(report: Report, sources: Sources = sourcesExample): string[] {
  const sarif = JSON.parse(sarifReport(report, sources));
  return sarif.runs[0].results.map(
    (one: {
      level: string;
      ruleId: string;
      locations: {
        physicalLocation: { artifactLocation: { uri: string }; region?: { startLine: number; endLine: number } };
      }[];
    }) => {
      const at = one.locations[0]?.physicalLocation;
      return `${one.level} ${one.ruleId} ${at?.artifactLocation.uri}:${at?.region?.startLine}-${at?.region?.endLine}`;
    },
  );
}

const waived = judgeRun(verdictExample({ executions: [], waivers: [waiverExample()] }));
const uncited = judgeRun(verdictExample({ evidence: [], checks: [] }));

// @requirement HAR-05
describe("SARIF", () => {
  it.each([
    ["empty", emptyReport()],
    ["one failure", failingReport()],
    ["one skip", skippingReport()],
    ["passing", passingReport()],
    ["waived", waived],
    ["hostile", hostileReport()],
  ])("holds the schema of 2.1.0: %s", (_, report) => {
    const parsed = parseSarif(JSON.parse(sarifReport(report, sourcesExample)));
    expect(parsed.ok ? [] : parsed.error).toEqual([]);
  });

  it("has the schema refuse what is no SARIF, so that the test above says something", () => {
    expect(parseSarif({ version: "2.1.0", runs: [{ tool: {} }] }).ok).toBe(false);
  });

  it("points a gap and a failing case at their lines", () => {
    expect(results(failingReport())).toEqual([
      "error EXE-15 policies/command/command.rego:5-8",
      "error EXE-15 specs/attacks/command-words.yaml:12-12",
    ]);
  });

  it("points a gap without evidence at the row that declares the requirement", () => {
    expect(results(uncited).slice(0, 2)).toEqual([
      "error EXE-15 specs/requirements/exe.yaml:2-2",
      "error HAR-02 specs/requirements/exe.yaml:4-4",
    ]);
    expect(results(uncited, new Map())[0]).toBe("error EXE-15 undefined:undefined-undefined");
  });

  it("says nothing of what passes, is skipped or is planned", () => {
    expect(results(passingReport())).toEqual([]);
    expect(results(skippingReport())).toEqual([]);
  });

  it("suppresses a waived gap", () => {
    const [result] = JSON.parse(sarifReport(waived, sourcesExample)).runs[0].results;
    expect(result).toMatchObject({ level: "note", ruleId: "EXE-15", suppressions: [{ kind: "external" }] });
  });

  it("keeps a finding's fingerprint when its lines move", () => {
    const print = (report: Report) => JSON.parse(sarifReport(report, new Map())).runs[0].results[0].partialFingerprints;
    const moved = {
      ...failingReport(),
      requirements: failingReport().requirements.map((one) => ({
        ...one,
        evidence: one.evidence.map((each) => ({ ...each, row: each.row + 7 })),
      })),
    };
    expect(print(moved)).toEqual(print(failingReport()));
  });

  it("makes no scheme, host or control character of a hostile file name", () => {
    const text = sarifReport(hostileReport(), hostileSources);
    expect(text).not.toMatch(/[^\P{C}\n]/u);
    expect(text).toContain('"uri": "%3C/script%3E%3Cscript%3Ealert(1)');
  });
});
