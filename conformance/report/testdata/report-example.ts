import type { CheckResult, Report } from "../../../src/index.js";
import type { CitedPlace } from "../../evidence/index.js";
import { judgeRun } from "../../verdict/index.js";
import { caseOf, checkExample, requirementExample, rule, verdictExample } from "../../verdict/testdata/verdict-example.js";

/** Texts of the files that the examples speak of. */
export const sourcesExample: ReadonlyMap<string, string> = new Map([
  [rule.file, "package command\n\n# METADATA\n# title: Not allowed\nviolations contains v if {\n\tv := 1\n\tinput.a\n}\n"],
  ["specs/attacks/command-words.yaml", `${"\n".repeat(11)}  - id: command-words-001\n    title: t\n    # a note\n    input: {}\n    expect: {}\n`],
  ["specs/requirements/exe.yaml", "requirements:\n  - id: EXE-15\n    rev: 1\n  - {id: HAR-02, rev: 1}\n"],
]);

/** A run that passes, with something of every kind. */
export function passingReport(): Report {
  return judgeRun(verdictExample());
}

/** A run of nothing at all. */
export function emptyReport(): Report {
  return judgeRun(verdictExample({ requirements: [], evidence: [], checks: [], executions: [], inputs: {} }));
}

/** A run with one failing case, which one requirement cites. */
export function failingReport(): Report {
  const detail = "expected deny by command/not_allowed\ngot allow";
  return judgeRun(verdictExample({ checks: [checkExample({ status: "fail", detail })] }));
}

/** A run with one skipped case, which does not fail it. */
export function skippingReport(): Report {
  const skipped = checkExample({ id: "command-words-002", row: 13, status: "skip", detail: "needs a terminal" });
  return judgeRun(verdictExample({ checks: [...verdictExample().checks, skipped] }));
}

/** What an attacker would put into every text that a report shows. */
export const hostile = "</script><script>alert(1)</script>]]>&amp;\"'`|*[x](//y)\u001b[31m\u202e\u0000\r\n::error file=x::%0A\ud800";

/** A run whose every text is hostile, and that fails. */
export function hostileReport(): Report {
  const place: CitedPlace = { ...rule, name: hostile, file: `${hostile}.rego`, unresolved: hostile };
  const check: CheckResult = checkExample({ id: hostile, title: hostile, file: hostile, status: "fail", detail: hostile });
  const report = judgeRun(
    verdictExample({
      product: { name: hostile.slice(0, 100), version: `0.1.0${hostile}`.slice(0, 60) },
      requirements: [requirementExample({ text: hostile, source: { doc: hostile, section: hostile } })],
      evidence: [place, { ...caseOf(hostile), file: hostile }],
      checks: [check],
      problems: [{ code: "evidence/unresolved", message: hostile, place: { file: hostile, row: 1 } }],
      profile: hostile.slice(0, 40),
    }),
  );
  return { ...report, inputs: { [hostile]: "a".repeat(64) } };
}

/** Sources of which every line is hostile. */
export const hostileSources: ReadonlyMap<string, string> = new Map(
  [`${hostile}.rego`, hostile].map((file) => [file, `${hostile}\n`.repeat(20)]),
);
