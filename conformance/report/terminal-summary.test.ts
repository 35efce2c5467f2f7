import { describe, expect, it } from "vitest";
import { judgeRun } from "../verdict/index.js";
import { checkExample, verdictExample } from "../verdict/testdata/verdict-example.js";
import { terminalSummary } from "./terminal-summary.js";
import {
  emptyReport,
  failingReport,
  hostileReport,
  hostileSources,
  passingReport,
  skippingReport,
  sourcesExample,
} from "./testdata/report-example.js";

// @requirement HAR-05
describe("the terminal summary", () => {
  it("of a passing run is the verdict and the counts", () => {
    expect(terminalSummary(passingReport(), sourcesExample, { colour: false })).toBe(
      `PASS  2 of 2 requirements in force are met, 1 planned
      checks: 1 pass
      0 generated inputs, 1 also through the interpreter: 0 disagreements, 0 bypasses
      lockkeeper 0.1.0, profile embedded, seed 7
`,
    );
  });

  it("of an empty run says so, and what its exit code means", () => {
    const text = terminalSummary(emptyReport(), sourcesExample, { colour: false });
    expect(text).toContain("FAIL  0 of 0 requirements in force are met");
    expect(text).toContain("no check ran: the run proves nothing");
    expect(text).toContain("exit 7: the run is empty or something is unverified");
  });

  it("of one failure names requirement, case, line and what came", () => {
    const text = terminalSummary(failingReport(), sourcesExample, { colour: false });
    for (const part of [
      "FAIL  1 of 2 requirements in force are met, 1 planned",
      "error   EXE-15 does not reach executed\n        at policies/command/command.rego:5",
      "error   case command-words-001 failed\n        at specs/attacks/command-words.yaml:12\n        denies a word",
      "        got allow",
      "exit 2: a requirement or a check failed",
    ]) {
      expect(text).toContain(part);
    }
  });

  it("shows twenty findings, and how many more there are", () => {
    const of = (count: number) => {
      const checks = Array.from({ length: count }, (_, n) =>
        checkExample({ id: `a-${n + 100}`, requirements: [], status: "fail" }),
      );
      const report = judgeRun(verdictExample({ checks: [...verdictExample().checks, ...checks] }));
      return terminalSummary(report, sourcesExample, { colour: false });
    };
    expect(of(20).match(/^error /gm)).toHaveLength(20);
    expect(of(20)).not.toContain("more in the report");
    expect(of(22).match(/^error /gm)).toHaveLength(20);
    expect(of(22)).toContain("\n… and 2 more in the report\n\nexit 2: ");
  });

  it("dims what need not be read", () => {
    expect(terminalSummary(passingReport(), sourcesExample, { colour: true })).toContain(
      "\u001b[2m      lockkeeper 0.1.0, profile embedded, seed 7\u001b[0m",
    );
  });

  it("of one skip counts it", () => {
    expect(terminalSummary(skippingReport(), sourcesExample, { colour: false })).toContain("checks: 1 pass, 1 skip");
  });

  it("lets no hostile text drive the terminal, with or without colours", () => {
    expect(terminalSummary(hostileReport(), hostileSources, { colour: false })).not.toMatch(/[^\P{C}\n]/u);
    const coloured = terminalSummary(hostileReport(), hostileSources, { colour: true });
    expect(coloured).toContain("\u001b[31mFAIL\u001b[0m");
    const painted = /^\[(?:0|2|31|32|33|36)m/;
    const parts = coloured.split("\u001b").map((part, at) => (at === 0 ? part : part.replace(painted, "")));
    expect(parts.join("")).not.toMatch(/[^\P{C}\n]/u);
  });
});
