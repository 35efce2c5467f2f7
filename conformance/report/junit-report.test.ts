import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { XMLValidator } from "fast-xml-parser";
import { describe, expect, it } from "vitest";
import { validateXML } from "xmllint-wasm";
import type { Report } from "../../src/index.js";
import { readJunit } from "../evidence/index.js";
import { junitReport } from "./junit-report.js";
import { emptyReport, failingReport, hostileReport, passingReport, skippingReport } from "./testdata/report-example.js";

const schema = fileURLToPath(new URL("testdata/junit.xsd", import.meta.url));

/** What a reader of JUnit sees: status and name of each test. */
function read(report: Report): string[] {
  const found = readJunit(junitReport(report));
  return found.ok ? found.value.map((one) => `${one.status} ${one.file} ${one.name}`) : [found.error.message];
}

const reports = [
  ["empty", emptyReport()],
  ["one failure", failingReport()],
  ["one skip", skippingReport()],
  ["passing", passingReport()],
  ["hostile", hostileReport()],
] as const;

// @requirement HAR-05
describe("JUnit", () => {
  it("of an empty run has a failing verdict", () => {
    expect(read(emptyReport())).toEqual(["fail run verdict"]);
  });

  it("of one failure fails the verdict, the requirement and the case, and says where", () => {
    expect(read(failingReport()).filter((one) => one.startsWith("fail"))).toEqual([
      "fail run verdict",
      "fail requirement.EXE EXE-15 The gate MUST refuse what no profile describes.",
      "fail case.specs/attacks/command-words.yaml command-words-001: denies a word that is no program",
    ]);
    expect(junitReport(failingReport())).toContain(
      '">specs/attacks/command-words.yaml:12\nexpected deny by command/not_allowed\ngot allow</failure>',
    );
  });

  it("of one skip passes, with the skipped case and the planned requirement as skipped", () => {
    expect(read(skippingReport()).filter((one) => !one.startsWith("pass"))).toEqual([
      "skip requirement.SBX SBX-01 The gate MUST refuse what no profile describes.",
      "skip case.specs/attacks/command-words.yaml command-words-002: denies a word that is no program",
    ]);
    expect(junitReport(skippingReport())).toContain(
      '<testsuite name="case" tests="2" failures="0" errors="0" skipped="1">',
    );
  });

  it("of hostile text holds no markup and no raw control character of it", () => {
    const text = junitReport(hostileReport());
    expect(text).not.toContain("<script");
    expect(text).not.toContain("]]>");
    expect(text).not.toMatch(/[^\P{C}\n]/u);
    expect(read(hostileReport())).toHaveLength(3);
  });

  it.each(reports)("is well-formed: %s", (_, report) => {
    expect(XMLValidator.validate(junitReport(report))).toBe(true);
  });

  it.each(reports)("holds Jenkins's schema: %s", async (_, report) => {
    expect(await faultsOf(junitReport(report))).toEqual([]);
  });

  it("would be found not to hold it", async () => {
    const broken = junitReport(passingReport())
      .replace("<testsuite ", "<testsweet ")
      .replace("</testsuite>", "</testsweet>");
    expect(await faultsOf(broken)).not.toEqual([]);
  });
});

/** What libxml2 finds wrong with a report by the schema. */
async function faultsOf(xml: string): Promise<readonly unknown[]> {
  const found = await validateXML({
    xml: [{ fileName: "report.xml", contents: xml }],
    schema: [readFileSync(schema, "utf8")],
  });
  return found.errors;
}
