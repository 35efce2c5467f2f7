import { hash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parserOfJsonSchema } from "../../src/index.js";
import type { HygieneFinding } from "./hygiene-finding.js";
import { hygieneSarif } from "./hygiene-sarif.js";
import { loadHygieneRules } from "./load-rules.js";

const loaded = loadHygieneRules([{ path: "specs/hygiene", shownAs: "specs/hygiene" }]);
if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
const rules = loaded.value;

const finding: HygieneFinding = {
  rule: "hygiene/eval",
  file: "src/a.ts",
  row: 3,
  col: 5,
  message: "A text is run",
  why: "It decides.",
  fix: "Do not.",
};

function written(findings: readonly HygieneFinding[], waiverFaults: readonly string[] = []): string {
  return hygieneSarif({ findings, waiverFaults, problems: [], files: 1 }, rules, "1.0.0");
}
const schema: object = JSON.parse(
  readFileSync(new URL("../report/testdata/sarif-2.1.0.schema.json", import.meta.url), "utf8"),
);
const parseSarif = parserOfJsonSchema(schema);
const results = (text: string) => JSON.parse(text).runs[0].results;

/** @requirement MEX-12 */
describe("SARIF of hygiene", () => {
  it("has each rule with what it finds, why and how to fix it", () => {
    const document = JSON.parse(written([]));
    const { driver } = document.runs[0].tool;
    expect([document.$schema, driver.name, driver.version]).toEqual([
      "https://json.schemastore.org/sarif-2.1.0.json",
      "lockkeeper hygiene",
      "1.0.0",
    ]);
    expect(driver.rules.map(({ id }: { id: string }) => id)).toEqual(rules.map(({ id }) => id));
    expect(driver.rules[0]).toMatchObject({ fullDescription: {}, help: {} });
    expect(results(written([]))).toEqual([]);
  });

  it("points at file and row, and suppresses what is waived", () => {
    const [open, waived] = results(written([finding, { ...finding, waived: "waiver-001" }]));
    expect(open).toMatchObject({
      ruleId: "hygiene/eval",
      level: "error",
      locations: [{ physicalLocation: { artifactLocation: { uri: "src/a.ts" }, region: { startLine: 3 } } }],
    });
    expect(open.suppressions).toBeUndefined();
    expect(waived).toMatchObject({ level: "note", suppressions: [{ justification: "waived by waiver-001" }] });
    const ids = JSON.parse(written([])).runs[0].tool.driver.rules;
    expect(ids[open.ruleIndex].id).toBe("hygiene/eval");
  });

  it("holds the schema of 2.1.0", () => {
    const text = written([finding, { ...finding, file: "<\u202e>", waived: "waiver-001" }], ["a fault"]);
    expect(parseSarif(JSON.parse(text))).toMatchObject({ ok: true });
    expect(parseSarif(JSON.parse(text.replaceAll("ruleId", "rule_id")))).toMatchObject({ ok: false });
  });

  it("tells faults of waivers", () => {
    expect(results(written([], ["waiver-001 of hygiene/eval expired"]))).toMatchObject([
      { ruleId: "waiver", level: "error", message: { text: "waiver-001 of hygiene/eval expired" } },
    ]);
  });

  it("gives each result a fingerprint that other rows do not change", () => {
    const prints = (...all: HygieneFinding[]) =>
      results(written(all)).map((one: { partialFingerprints: object }) => one.partialFingerprints);
    expect(prints(finding)).toEqual(prints({ ...finding, row: 99 }));
    expect(prints(finding, finding)[0]).not.toEqual(prints(finding, finding)[1]);
    const other = { ...finding, file: "src/b.ts" };
    expect(prints(finding)).not.toEqual(prints(other));
    expect(prints(finding, other)).toEqual([...prints(finding), ...prints(other)]);
    const nth = (n: number) => ({ "finding/v1": hash("sha256", `hygiene/eval\nsrc/a.ts\n${n}`) });
    expect(prints(finding, finding, finding)).toEqual([nth(1), nth(2), nth(3)]);
  });

  it("is safe whatever a file is called", () => {
    const hostile = "javascript:a/<b>\u001b[31m]]>\u202e\n.ts";
    const text = written([{ ...finding, file: hostile, message: hostile }], [hostile]);
    expect(text).not.toMatch(/[^\P{C}\n]/u);
    const [{ locations }] = results(text);
    expect(locations[0].physicalLocation.artifactLocation.uri).toBe(
      "javascript%3Aa/%3Cb%3E%1B%5B31m%5D%5D%3E%E2%80%AE%0A.ts",
    );
  });
});
