import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parserOf, RunFacts } from "../../src/index.js";
import { failingReport, passingReport, sourcesExample } from "./testdata/report-example.js";
import { type RunFactsInput, reportFiles, writeReports } from "./write-reports.js";

const run: RunFactsInput = {
  started_at: "2026-03-01T12:00:00.000Z",
  duration_ms: 1234,
  node: "v24.0.0",
  platform: "linux",
  phases: [{ name: "cases", duration_ms: 5 }],
};
const names = ["report.html", "report.json", "report.junit.xml", "report.md", "report.sarif", "run.json"];

let folder = "";
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "lockkeeper-report-")), "reports");
});
afterEach(() => rmSync(join(folder, ".."), { recursive: true }));

const read = (name: string) => readFileSync(join(folder, name), "utf8");

// @requirement HAR-05
describe("writing all reports", () => {
  it("makes the folder and writes every format, and nothing else stays", async () => {
    const written = await writeReports(folder, passingReport(), run, sourcesExample);
    const inOrder = ["report.json", "report.md", "report.html", "report.junit.xml", "report.sarif", "run.json"];
    expect(written).toEqual({ ok: true, value: inOrder.map((name) => join(folder, name)) });
    expect(readdirSync(folder).sort()).toEqual(names);
  });

  it("is byte-identical for the same inputs, whatever the run's facts; those name the report's hash", async () => {
    await writeReports(folder, passingReport(), run, sourcesExample);
    const first = new Map(names.map((name) => [name, read(name)]));
    const later = { ...run, started_at: "2027-01-01T00:00:00.000Z", duration_ms: 9 };
    await writeReports(folder, passingReport(), later, new Map([...sourcesExample].reverse()));
    const changed = names.filter((name) => read(name) !== first.get(name));
    expect(changed).toEqual(["run.json"]);
    const facts: unknown = JSON.parse(read("run.json"));
    expect(parserOf(RunFacts)(facts)).toMatchObject({ ok: true });
    const hash = createHash("sha256").update(read("report.json")).digest("hex");
    expect(facts).toMatchObject({ report_sha256: hash, duration_ms: 9 });
  });

  it("leaves the last report as it was when writing fails", async () => {
    await writeReports(folder, passingReport(), run, sourcesExample);
    const before = read("report.json");
    rmSync(join(folder, "run.json"));
    mkdirSync(join(folder, "run.json"));
    const written = await writeReports(folder, failingReport(), run, sourcesExample);
    const message = "the report could not be written: run.json is a folder";
    expect(written).toEqual({ ok: false, error: { code: "internal/io", message, place: { file: folder } } });
    expect(read("report.json")).toBe(before);
    expect(readdirSync(folder).sort()).toEqual(names);
  });

  it("says what is in the way where the folder cannot be made", async () => {
    writeFileSync(folder, "a file");
    const written = await writeReports(folder, passingReport(), run, sourcesExample);
    expect(written).toMatchObject({ ok: false, error: { code: "internal/io", place: { file: folder } } });
  });

  it("writes run.json last, so that its hash never names a report that is not there", () => {
    expect([...reportFiles(passingReport(), run, sourcesExample).keys()].at(-1)).toBe("run.json");
  });
});
