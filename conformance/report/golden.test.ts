import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import type { Nodes } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import { describe, expect, it } from "vitest";
import type { Report } from "../../src/index.js";
import { canonicalJson } from "./canonical-json.js";
import { githubAnnotations } from "./github-annotations.js";
import { htmlReport } from "./html-report.js";
import { junitReport } from "./junit-report.js";
import { markdownReport, stepSummary } from "./markdown-report.js";
import { sarifReport } from "./sarif-report.js";
import { terminalSummary } from "./terminal-summary.js";
import {
  emptyReport,
  failingReport,
  hostileReport,
  hostileSources,
  mixedReport,
  passingReport,
  sourcesExample,
} from "./testdata/report-example.js";

const writers: readonly (readonly [string, (report: Report) => string])[] = [
  ["report.json", canonicalJson],
  ["report.md", markdownReport],
  ["step.md", stepSummary],
  ["report.html", (report) => htmlReport(report, sourcesExample)],
  ["report.junit.xml", junitReport],
  ["report.sarif", (report) => sarifReport(report, sourcesExample)],
  ["annotations.txt", (report) => githubAnnotations(report, sourcesExample)],
  ["terminal.txt", (report) => terminalSummary(report, sourcesExample, { colour: false })],
];
const reports: readonly (readonly [string, Report])[] = [
  ["empty", emptyReport()],
  ["passing", passingReport()],
  ["failing", failingReport()],
  ["mixed", mixedReport()],
];

/** Compares with what is committed; `UPDATE_GOLDEN=1` writes it anew. */
function golden(name: string, file: string, text: string): void {
  const folder = new URL(`testdata/golden/${name}/`, import.meta.url);
  if (process.env.UPDATE_GOLDEN === "1") {
    mkdirSync(folder, { recursive: true });
    writeFileSync(new URL(file, folder), text);
  }
  expect(text).toBe(readFileSync(new URL(file, folder), "utf8"));
}

// @requirement HAR-05
describe.each(reports)("the report of a run that is %s", (name, report) => {
  it.each(writers)("is as it was, as %s", (file, write) => golden(name, file, write(report)));
});

/** The kinds of Markdown nodes that would be more than text: HTML, links and pictures. */
function markupIn(markdown: string): string[] {
  const kinds: string[] = [];
  const visit = (node: Nodes): void => {
    // Rows of a table are broken by <br>, which is ours.
    if (node.type === "html" && node.value === "<br>") return;
    if (["html", "link", "image", "definition"].includes(node.type)) kinds.push(node.type);
    if ("children" in node) for (const child of node.children) visit(child);
  };
  visit(fromMarkdown(markdown, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] }));
  return kinds;
}

// @requirement HAR-05
it("tells JUnit of the survivors of what fails", () => {
  const mixed = mixedReport();
  const requirements = mixed.requirements.map((one) => ({ ...one, status: "fail" as const }));
  expect(junitReport({ ...mixed, requirements })).toContain(
    'HAR-03: a mutant of code survivor survived: EqualityOperator "n &gt;= 7"\nno trial noticed it\n-   return n &gt; 7;\n+   return n &gt;= 7;',
  );
});

// @requirement HAR-05
it("shows hostile survivors as text, in every format", () => {
  const text = "</script><script>alert(1)</script>]]>&\"'`|\u001b[31m\u202e\u0000\r\n::error::x";
  const mixed = mixedReport();
  const requirements = mixed.requirements.map((one) => {
    if (one.proof === undefined) return one;
    const places = one.proof.places.map((place) => ({
      ...place,
      name: text,
      file: text,
      killers: [{ trial: text, mutants: 1 }],
      mutants: [
        { row: 1, mutator: text, replacement: text, why: text, diff: `- ${text}\n+ ${text}` },
        { row: 1, mutator: text, replacement: text, killed_by: text },
      ],
    }));
    return { ...one, proof: { ...one.proof, places } };
  });
  const report = { ...mixed, requirements };
  for (const [file, write] of writers) {
    const written = write(report);
    expect(written, file).not.toMatch(/[^\P{C}\n\t]/u);
    if (file.endsWith(".html")) expect(written, file).not.toContain("<script>alert");
    if (file.endsWith(".xml")) expect(written, file).not.toMatch(/\]\]>|<script/);
    if (file === "annotations.txt") expect(written, file).not.toMatch(/^::error::x/m);
    if (file.endsWith(".md")) expect(markupIn(written), file).toEqual([]);
  }
  expect(htmlReport(hostileReport(), hostileSources)).not.toContain("<script>alert");
});
