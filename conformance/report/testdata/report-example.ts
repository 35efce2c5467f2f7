import type { CheckResult, ProofState, Report } from "../../../src/index.js";
import type { CitedPlace } from "../../evidence/index.js";
import { judgeRun, type Proof } from "../../verdict/index.js";
import {
  caseOf,
  checkExample,
  code,
  requirementExample,
  rule,
  test,
  verdictExample,
  waiverExample,
} from "../../verdict/testdata/verdict-example.js";

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

/**
 * A run with something of every kind: a gap that is waived, survivors, a stale proof, a failing measurement, what is
 * planned, checks of each kind, and every exit code.
 */
export function mixedReport(): Report {
  const place = (id: string, name: string): CitedPlace => ({ ...code, name, file: `src/${name}.ts`, requirements: [id] });
  const tested = (id: string): CitedPlace => ({ ...test, name: `${id} > holds`, requirements: [id] });
  const { demanded } = verdictExample();
  return judgeRun(
    verdictExample({
      demanded: { ...demanded, mutation: { rule: "executed", code: "killed" } },
      requirements: [
        requirementExample(),
        requirementExample({ id: "HAR-02" }),
        requirementExample({ id: "HAR-03", level: "SHOULD", rev: 2 }),
        requirementExample({ id: "HAR-04" }),
        requirementExample({ id: "EXE-21", method: "measurement" }),
        requirementExample({ id: "SBX-01", since: "0.4" }),
        requirementExample({ id: "SBX-02", since: "0.4", text: "The sandbox MUST hold a * and a |." }),
      ],
      waivers: [waiverExample(), waiverExample({ id: "waiver-002", requirement: "NO-1" })],
      executions: [],
      evidence: [
        rule,
        { ...rule, name: "command/too_long", row: 9, end_row: 9 },
        caseOf("command-words-001"),
        place("HAR-02", "proven"),
        tested("HAR-02"),
        place("HAR-03", "survivor"),
        tested("HAR-03"),
        place("HAR-04", "old"),
        tested("HAR-04"),
        { ...place("EXE-21", "latency"), kind: "measurement", status: "fail", detail: "14 ms, the bar is 10 ms" },
      ],
      checks: [
        checkExample({ id: "command-words-001" }),
        checkExample({ id: "command-words-002", requirements: [], status: "fail", detail: "expected deny\ngot allow" }),
        checkExample({ id: "command-words-003", requirements: [], status: "skip", detail: "needs a terminal" }),
        checkExample({ id: "never-x", kind: "attack", requirements: [], status: "fail", row: 0, inputs: 1000 }),
        checkExample({ id: "planted-a", kind: "fault", requirements: [], status: "unverified" }),
      ],
      regressions: ["HAR-02 lost the rung killed"],
      proofs: [proofOf("HAR-02", "proven", "killed"), proofOf("HAR-03", "survivor", "survived"), proofOf("HAR-04", "old", "stale")],
      counts: { interpreter_inputs: 1234, disagreements: 1, bypasses: 2 },
    }),
  );
}

/** What is recorded of a place: two mutants that a test noticed, and one that nobody did where it survived. */
function proofOf(requirement: string, name: string, state: ProofState): Proof {
  const survived = state === "survived" ? 1 : 0;
  const trial = `${requirement} > holds`;
  const survivor = {
    row: 22,
    mutator: "EqualityOperator",
    replacement: "n >= 7",
    why: "no trial noticed it",
    diff: "-   return n > 7;\n+   return n >= 7;",
  };
  const range = { file: `src/${name}.ts`, row: code.row, end_row: code.end_row };
  const counts = { killed: 2, survived, equivalent: 1 };
  const mutants = [
    ...(survived > 0 ? [survivor] : []),
    { row: 23, mutator: "BlockStatement", replacement: "{}", killed_by: trial },
    { row: 24, mutator: "StringLiteral", replacement: '""', killed_by: trial },
    { row: 24, mutator: "same", replacement: "" },
  ];
  const killers = [{ trial, mutants: 2 }];
  const place = { kind: "code" as const, name, ...range, state, ...counts, covered: survived, killers, mutants };
  return { requirement, state, result: { state, ...counts, places: [place] } };
}
