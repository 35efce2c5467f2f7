import { describe, expect, it } from "vitest";
import type { CheckResult } from "../../src/index.js";
import { judgeRun } from "../verdict/index.js";
import { checkExample, verdictExample } from "../verdict/testdata/verdict-example.js";
import { githubAnnotations, maxAnnotations } from "./github-annotations.js";
import {
  emptyReport,
  failingReport,
  hostileReport,
  hostileSources,
  skippingReport,
  sourcesExample,
} from "./testdata/report-example.js";

// @requirement HAR-05
describe("GitHub annotations", () => {
  it("of an empty run say why it fails", () => {
    expect(githubAnnotations(emptyReport(), sourcesExample)).toBe(
      "::error title=the run fails::no check ran: the run proves nothing\n" +
        "::error title=the run fails::no requirement is in force: the run proves nothing\n",
    );
  });

  it("of one failure name file and line of the requirement's evidence and of the case", () => {
    const lines = githubAnnotations(failingReport(), sourcesExample).split("\n");
    expect(lines[0]).toMatch(
      /^::error file=policies\/command\/command.rego,line=5,endLine=8,title=EXE-15 does not reach executed::The gate MUST /,
    );
    expect(lines[1]).toBe(
      "::error file=specs/attacks/command-words.yaml,line=12,endLine=12,title=case command-words-001 failed::" +
        "denies a word that is no program%0Aexpected deny by command/not_allowed%0Agot allow",
    );
  });

  it("of one skip are none", () => {
    expect(githubAnnotations(skippingReport(), sourcesExample)).toBe("");
  });

  it("point a problem of a file at its row", () => {
    const problem = {
      code: "evidence/unresolved",
      message: "points at nothing",
      place: { file: "src/a.ts", row: 3, col: 4 },
    } as const;
    const text = githubAnnotations(judgeRun(verdictExample({ problems: [problem] })), sourcesExample);
    expect(text).toBe(
      "::error file=src/a.ts,line=3,endLine=3,title=the run fails::src/a.ts:3:4: points at nothing [evidence/unresolved]\n",
    );
  });

  it("of hostile text are one command a line, each of ours", () => {
    const lines = githubAnnotations(hostileReport(), hostileSources).split("\n").slice(0, -1);
    expect(lines.length).toBeGreaterThan(2);
    for (const line of lines) {
      expect(line).toMatch(/^::error (?:file=[^:,]*,line=\d+,endLine=\d+,)?title=[^:,]*::[^\n\r]*$/);
      expect(line).not.toMatch(/\p{C}/u);
      expect(line).not.toMatch(/%(?!25|0A|0D|3A|2C)/);
    }
  });

  it("are bounded, and say how many there are besides", () => {
    const checks = Array.from(
      { length: 80 },
      (_, n): CheckResult => checkExample({ id: `a-${n + 100}`, requirements: [], status: "fail" }),
    );
    const lines = githubAnnotations(judgeRun(verdictExample({ only: ["HAR-02"], checks })), sourcesExample)
      .trimEnd()
      .split("\n");
    expect(lines).toHaveLength(maxAnnotations + 1);
    expect(lines.at(-1)).toBe("::notice::30 more findings in the report");
  });
});
