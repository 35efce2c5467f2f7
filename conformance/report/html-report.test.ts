import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Report } from "../../src/index.js";
import { judgeRun } from "../verdict/index.js";
import { checkExample, verdictExample } from "../verdict/testdata/verdict-example.js";
import type { Sources } from "./findings.js";
import { htmlReport } from "./html-report.js";
import {
  emptyReport,
  failingReport,
  hostileReport,
  hostileSources,
  passingReport,
  skippingReport,
  sourcesExample,
} from "./testdata/report-example.js";

const bundled = judgeRun(
  verdictExample({
    checks: Array.from({ length: 9 }, (_, n) => checkExample({ id: `command-words-00${n}` })),
    evidence: [],
  }),
);
const pages: readonly (readonly [string, Report, Sources])[] = [
  ["empty", emptyReport(), sourcesExample],
  ["one failure", failingReport(), sourcesExample],
  ["one skip", skippingReport(), sourcesExample],
  ["passing", passingReport(), sourcesExample],
  ["many cases", bundled, sourcesExample],
  ["hostile", hostileReport(), hostileSources],
  ["without sources", passingReport(), new Map()],
];

/** The page without its own script and style, which are ours alone. */
function body(page: string): string {
  return page.replace(/<style>[\s\S]*?<\/style>/, "").replace(/<script>[\s\S]*?<\/script>/, "");
}

/** Elements that are never closed, and those left open or closed out of order. */
function misnested(page: string): string[] {
  const open: string[] = [];
  const faults: string[] = [];
  for (const [, closing, name = "", self] of body(page).matchAll(/<(\/?)([a-z][a-z0-9]*)(?:\s[^>]*?)?(\/?)>/g)) {
    if (self === "/" || ["meta", "input"].includes(name)) continue;
    if (closing === "") open.push(name);
    else if (open.pop() !== name) faults.push(name);
  }
  return [...faults, ...open];
}

// @requirement HAR-05
describe("the HTML page", () => {
  it.each(pages)("nests its elements, has each id once, and links only to what is there: %s", (_, report, sources) => {
    const page = htmlReport(report, sources);
    expect(misnested(page)).toEqual([]);
    const ids = [...body(page).matchAll(/ id="([^"]*)"/g)].map((match) => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, target] of body(page).matchAll(/ href="([^"]*)"/g)) expect(ids).toContain(target?.replace(/^#/, ""));
    for (const [, target] of body(page).matchAll(/ aria-labelledby="([^"]*)"/g)) expect(ids).toContain(target);
  });

  it.each(pages)("loads nothing, and its policy allows its own script and style alone: %s", (_, report, sources) => {
    const page = htmlReport(report, sources);
    const hashOf = (text = "") => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
    const [, script] = /<script>([\s\S]*?)<\/script>/.exec(page) ?? [];
    const [, style] = /<style>([\s\S]*?)<\/style>/.exec(page) ?? [];
    expect(page).toContain(
      `content="default-src &#39;none&#39;; style-src ${hashOf(style)}; script-src ${hashOf(script)}; base-uri`.replaceAll(
        "'",
        "&#39;",
      ),
    );
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(body(page)).not.toMatch(/<[^>]*\s(?:style|src|on\w+)=/);
    expect(page).not.toMatch(/@import|url\(|https?:/);
  });

  it("draws each requirement's ladder and says it in words", () => {
    const page = htmlReport(passingReport(), sourcesExample);
    expect(page).toContain('aria-label="executed reached, 4 of 5 rungs, executed demanded"');
    expect(page).toContain('aria-label="no rung reached, none demanded yet"');
  });

  it("shows evidence as lines with their numbers, and marks those that ran", () => {
    const page = htmlReport(passingReport(), sourcesExample);
    expect(page).toContain('<span class="l x" data-n="5">violations contains v if {\n</span>');
    expect(page).toContain('<span class="l x" data-n="6">\tv := 1\n</span>');
    expect(page).toContain('<span class="l" data-n="8">}\n</span>');
    expect(page).toContain('<span class="l c" data-n="14">    # a note\n</span>');
    expect(page).not.toContain('data-n="4"');
  });

  it("says so where the source is not at hand", () => {
    expect(htmlReport(passingReport(), new Map())).toContain("The source is not at hand.");
  });

  it("of one failure opens with why, and shows what came", () => {
    const page = htmlReport(failingReport(), sourcesExample);
    expect(page).toContain("<h1>FAIL</h1>");
    expect(page).toMatch(
      /<h2 id="why">[\s\S]*<a class="id" href="#EXE-15">EXE-15<\/a> does not reach executed<ul><li>passed: case command-words-001/,
    );
    expect(page).toContain('<pre class="detail">expected deny by command/not_allowed\ngot allow</pre>');
  });

  it("links each reason to what it is about, and keeps the overview in sight of many", () => {
    const checks = Array.from({ length: 30 }, (_, n) => checkExample({ id: `a-${n + 100}`, status: "fail" }));
    const page = htmlReport(judgeRun(verdictExample({ checks })), sourcesExample);
    expect(page).toContain(
      '<li>case <a href="#check-case-a-100">a-100</a> (specs/attacks/command-words.yaml:12) failed',
    );
    expect(page).toContain('<details class="more"><summary>19 more reasons</summary>');
  });

  it("of an empty run says that it proves nothing", () => {
    const page = htmlReport(emptyReport(), sourcesExample);
    expect(page).toContain("no check ran: the run proves nothing");
    expect(page).toContain("No requirement was judged.");
  });

  it("of hostile text makes neither markup nor a raw control character of it", () => {
    const page = htmlReport(hostileReport(), hostileSources);
    expect(page).not.toContain("<script>alert");
    expect(page).not.toMatch(/[^\P{C}\n\t]/u);
    expect(page).toContain("&lt;/script&gt;&lt;script&gt;alert(1)");
    expect(page).toContain("\\u{202e}\\u{0}\\u{d}");
  });

  it("bundles many cases of one file", () => {
    expect(htmlReport(bundled, sourcesExample)).toContain('<span class="name">9 cases</span>');
  });
});
