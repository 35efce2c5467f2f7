import { describe, expect, it } from "vitest";
import { judgeRun } from "../verdict/index.js";
import { checkExample, verdictExample } from "../verdict/testdata/verdict-example.js";
import { markdownReport, maxStepSummaryLength, stepSummary } from "./markdown-report.js";
import { markdownBlock, markdownCode, markdownText } from "./markdown-text.js";
import { emptyReport, failingReport, hostileReport, passingReport, skippingReport } from "./testdata/report-example.js";

// @requirement HAR-05
describe("Markdown", () => {
  it("of a passing run has its ladder and its evidence with rows, and the lines that ran", () => {
    const text = markdownReport(passingReport());
    expect(text).toMatch(/^# PASS: lockkeeper 0.1.0\n/);
    expect(text).toContain("| EXE-15 | MUST | pass | ● ● ● ● **executed** ○ | The gate MUST refuse");
    expect(text).toContain("- rule `command/not_allowed` at `policies/command/command.rego:5-8`: pass, ran 5-6");
    expect(text).toContain("- 1 case in `specs/attacks/command-words.yaml`, rows 12");
    expect(text).toContain("- SBX-01 (from 0.4): The gate MUST");
    expect(text).not.toContain("Why it fails");
  });

  it("of an empty run says why it fails", () => {
    expect(markdownReport(emptyReport())).toContain("- **7** no check ran: the run proves nothing");
  });

  it("of one failure shows what came of the case", () => {
    const text = markdownReport(failingReport());
    expect(text).toContain(
      "- **fail** case `command-words-001` at `specs/attacks/command-words.yaml:12`: denies a word",
    );
    expect(text).toContain("  expected deny by command/not_allowed");
  });

  it("of one skip counts it and shows nothing to look at", () => {
    const text = markdownReport(skippingReport());
    expect(text).toContain("| Checks | 1 pass, 1 skip |");
    expect(text).not.toContain("need a look");
  });

  it.each([
    ["the report", markdownReport(hostileReport())],
    ["the step summary", stepSummary(hostileReport())],
  ])("of hostile text makes no markup of it: %s", (_, text) => {
    // Left to right as a reader of Markdown goes: an escape, or code between fences of one length.
    const left = text.replace(/\\[!-/:-@[-`{-~]|(?<!`)(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, "");
    expect(left.replaceAll("<br>", "")).not.toMatch(/[<[`]/);
    expect(text).not.toMatch(/[^\P{C}\n]/u);
    expect(text).not.toMatch(/^::error/m);
  });

  it("keeps each row of a table to its cells", () => {
    const rows = markdownReport(hostileReport())
      .split("\n")
      .filter((line) => line.startsWith("| EXE"));
    expect(rows).toHaveLength(1);
    expect(rows[0]?.replace(/\\\|/g, "").split("|")).toHaveLength(7);
  });
});

// @requirement HAR-05
describe("the step summary", () => {
  it("has the verdict and what is open, but no evidence", () => {
    expect(stepSummary(passingReport())).toMatch(/^## ✅ PASS: 2 of 2 requirements in force are met, 1 planned\n/);
    expect(stepSummary(failingReport())).toMatch(/^## ❌ FAIL: /);
    expect(stepSummary(failingReport())).toContain("| EXE-15 | MUST | fail |");
    expect(stepSummary(failingReport())).not.toContain("Evidence");
  });

  it("is whole up to the largest size, and past it cut at a line's end", () => {
    const lines = Array.from({ length: 3 }, () => "x".repeat(1000)).join("\n");
    const checks = Array.from({ length: 60 }, (_, n) =>
      checkExample({ id: `a-${n + 100}`, status: "fail", detail: lines }),
    );
    const report = judgeRun(verdictExample({ checks }));
    const padded = (length: number) => ({ ...report, profile: report.profile + "p".repeat(length) });
    const room = maxStepSummaryLength - stepSummary(report).length;
    expect(room).toBeGreaterThan(0);
    const whole = stepSummary(padded(room));
    expect(whole).toHaveLength(maxStepSummaryLength);
    expect(whole).not.toContain("The rest is in the report.");
    const cut = stepSummary(padded(room + 2));
    expect(cut).toMatch(/\n\nThe rest is in the report\.\n$/);
    const kept = cut.replace(/\n\nThe rest is in the report\.\n$/, "\n");
    expect(kept.split("\n").at(-2)).toMatch(/^ {2}x+$/);
  });

  it("fits the page however much fails", () => {
    const detail = "x".repeat(20_000);
    const checks = Array.from({ length: 300 }, (_, n) => checkExample({ id: `a-${n + 100}`, status: "fail", detail }));
    const text = stepSummary(judgeRun(verdictExample({ checks })));
    expect(text.length).toBeLessThan(maxStepSummaryLength + 100);
    expect(text).toMatch(/\nThe rest is in the report.\n$/);
  });
});

describe("Markdown text", () => {
  it.each([
    ["a|b_c*<d>", "a\\|b\\_c\\*\\<d\\>"],
    ["1. a", "1\\. a"],
    ["0.1.0 -x", "0.1.0 -x"],
    ["- a\nb", "\\- a b"],
    ["https://a www.b", "https\\://a www\\.b"],
  ])("shows %j literally", (text, expected) => {
    expect(markdownText(text)).toBe(expected);
  });

  it("fences code by more backticks than it holds", () => {
    expect(markdownCode("a")).toBe("`a`");
    expect(markdownCode("`a``b")).toBe("``` `a``b ```");
    expect(markdownBlock("```\n````")).toBe("`````text\n```\n````\n`````");
  });
});
