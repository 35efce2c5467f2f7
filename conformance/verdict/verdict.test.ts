import { describe, expect, it } from "vitest";
import { parserOf, Report, type Requirement } from "../../src/index.js";
import {
  caseOf,
  checkExample,
  code,
  requirementExample,
  rule,
  test,
  verdictExample,
  waiverExample,
} from "./testdata/verdict-example.js";
import { judgeRun } from "./verdict.js";
import type { VerdictInput } from "./verdict-input.js";

const parseReport = parserOf(Report);

/** The status, the reached rungs and the gaps of EXE-15, and the run's exit code. */
function judge(over: Partial<VerdictInput>, id = "EXE-15") {
  const report = judgeRun(verdictExample(over));
  expect(parseReport(report)).toMatchObject({ ok: true });
  const { status, reached, gaps } = report.requirements.find((one) => one.id === id) ?? {};
  return { status, reached: reached?.join(" "), gaps, exit: report.exit_code, verdict: report.verdict };
}

// @requirement HAR-04
describe("a run", () => {
  it("passes when everything in force reaches its rung, and lists what is planned without counting it", () => {
    const report = judgeRun(verdictExample());
    expect(parseReport(report)).toEqual({ ok: true, value: report });
    expect(report).toMatchObject({
      verdict: "PASS",
      exit_code: 0,
      reasons: [],
      totals: { requirements: { pass: 2, planned: 1 }, checks: { pass: 1 }, interpreter_inputs: 1 },
    });
    expect(report.requirements.map((one) => [one.id, one.status, one.demanded])).toEqual([
      ["EXE-15", "pass", "executed"],
      ["HAR-02", "pass", "passed"],
      ["SBX-01", "planned", null],
    ]);
  });

  it("fails when it is empty: no requirement in force, or no check that ran", () => {
    expect(judgeRun(verdictExample({ requirements: [], evidence: [] }))).toMatchObject({
      verdict: "FAIL",
      exit_code: 7,
    });
    expect(judgeRun(verdictExample({ only: ["SBX-01"] }))).toMatchObject({ verdict: "FAIL", exit_code: 7 });
    const skipped = checkExample({ status: "skip" });
    const untested = verdictExample().evidence.map((one) =>
      one.kind === "test" ? { ...one, status: "skip" as const } : one,
    );
    const report = judgeRun(verdictExample({ only: ["HAR-02"], checks: [skipped], evidence: untested }));
    expect(report.exit_code).toBe(7);
    expect(report.reasons).toContainEqual({ exit_code: 7, text: "no check ran: the run proves nothing" });
  });

  it("is not empty where tests ran, though no check did", () => {
    expect(judgeRun(verdictExample({ only: ["HAR-02"], checks: [] }))).toMatchObject({ verdict: "PASS", reasons: [] });
  });

  it("fails for a problem, a disagreement, a bypass, a failing check of no requirement", () => {
    const problem = {
      code: "evidence/unresolved",
      message: "points at nothing",
      place: { file: "a.ts", row: 3 },
    } as const;
    const counts = { interpreter_inputs: 1, disagreements: 0, bypasses: 0 };
    for (const over of [
      { problems: [problem] },
      { counts: { ...counts, disagreements: 1 } },
      { counts: { ...counts, bypasses: 1 } },
      {
        checks: [
          ...verdictExample().checks,
          checkExample({ id: "x", kind: "fault", requirements: [], status: "fail" }),
        ],
      },
    ] satisfies Partial<VerdictInput>[]) {
      expect(judgeRun(verdictExample(over))).toMatchObject({ verdict: "FAIL", exit_code: 2 });
    }
  });

  it("lists every exit code that holds and ends with the first in the order of precedence", () => {
    const { reasons, exit_code } = judgeRun(
      verdictExample({
        evidence: [rule, caseOf("command-words-001"), code, { ...test, status: "unverified" }],
        waivers: [waiverExample({ requirement: "NO-1" })],
        regressions: ["EXE-15 lost the rung executed"],
        proofs: [{ requirement: "EXE-15", state: "survived" }],
        checks: [checkExample({ status: "fail" })],
      }),
    );
    expect([...new Set(reasons.map((reason) => reason.exit_code))]).toEqual([2, 3, 5, 6, 7]);
    expect(exit_code).toBe(2);
  });

  it("judges only what it is asked about", () => {
    const report = judgeRun(verdictExample({ only: ["EXE-15"], evidence: [rule, caseOf("command-words-001")] }));
    expect(report).toMatchObject({ verdict: "PASS", only: ["EXE-15"], requirements: [{ id: "EXE-15" }] });
  });
});

// @requirement HAR-03
describe("the ladder of a mutation requirement", () => {
  const trial = [caseOf("command-words-001")];
  it.each<[string, Partial<VerdictInput>, string, string, RegExp]>([
    ["nothing cites it", { evidence: [code, test], checks: [] }, "", "fail", /^cited: no rule and no code cites it$/],
    ["only a case cites it", { evidence: trial }, "", "fail", /^cited: no rule and no code cites it$/],
    [
      "only a rule cites it",
      { evidence: [rule], checks: [checkExample({ requirements: [] })] },
      "",
      "fail",
      /^cited: no case, attack or test/,
    ],
    [
      "a place is a comment",
      { evidence: [{ ...rule, unresolved: "row 5 is a comment" }, ...trial] },
      "cited",
      "fail",
      /^resolved: rule command\/not_allowed \(policies\/command\/command.rego:5\): row 5 is a comment$/,
    ],
    [
      "its case failed",
      { evidence: [rule, ...trial], checks: [checkExample({ status: "fail" })] },
      "cited resolved",
      "fail",
      /^passed: case command-words-001 \(specs.*:12\): failed$/,
    ],
    [
      "its case was not run",
      { evidence: [rule, ...trial], checks: [checkExample({ id: "other-001", requirements: [] })] },
      "cited resolved",
      "unverified",
      /^passed: case command-words-001 .*: has no result$/,
    ],
    [
      "its only case was skipped",
      {
        evidence: [rule, ...trial],
        checks: [checkExample({ status: "skip" }), checkExample({ id: "other-001", requirements: [] })],
      },
      "cited resolved",
      "unverified",
      /^passed: no case, attack or test of it ran$/,
    ],
    [
      "its rule's head did not run",
      {
        evidence: [rule, ...trial],
        executions: [{ check: "command-words-001", file: rule.file, lines: [{ from: 6, to: 8 }] }],
      },
      "cited resolved passed",
      "fail",
      /^executed: rule .*: no passing check that cites it made this rule hold$/,
    ],
    [
      "another file ran",
      {
        evidence: [rule, ...trial],
        executions: [{ check: "command-words-001", file: "b.rego", lines: [{ from: 1, to: 9 }] }],
      },
      "cited resolved passed",
      "fail",
      /^executed: /,
    ],
    [
      "another requirement's case ran it",
      {
        evidence: [rule, ...trial],
        checks: [checkExample(), checkExample({ id: "other-001", requirements: ["HAR-02"] })],
        executions: [{ check: "other-001", file: rule.file, lines: [{ from: 5, to: 8 }] }],
      },
      "cited resolved passed",
      "unverified",
      /^executed: .*was replayed$/,
    ],
  ])("stops where %s", (_, over, reached, status, gap) => {
    const judged = judge({ ...over, only: ["EXE-15"] });
    expect(judged).toMatchObject({ reached, status, verdict: "FAIL" });
    expect(judged.gaps?.join("\n")).toMatch(new RegExp(gap.source, "m"));
  });

  it("needs every rule that cites it to run, not one of them", () => {
    const second = { ...rule, name: "command/too_long", row: 20, end_row: 22 };
    const judged = judge({ evidence: [rule, second, caseOf("command-words-001"), code, test] });
    expect(judged).toMatchObject({ status: "fail", reached: "cited resolved passed" });
    expect(judged.gaps).toHaveLength(1);
  });

  it("shows which lines of a rule ran, joined and within the rule", () => {
    const lines = [
      { from: 1, to: 5 },
      { from: 6, to: 6 },
      { from: 8, to: 30 },
    ];
    const report = judgeRun(verdictExample({ executions: [{ check: "command-words-001", file: rule.file, lines }] }));
    expect(report.requirements[0]?.evidence[0]?.executed).toEqual([
      { from: 5, to: 6 },
      { from: 8, to: 8 },
    ]);
  });

  it("reaches killed when a proof says so, and a demanded rung without a proof is unverified", () => {
    const demanded = { ...verdictExample().demanded, mutation: { rule: "killed", code: "passed" } } as const;
    const killed = judge({ demanded, proofs: [{ requirement: "EXE-15", state: "killed" }] });
    expect(killed).toMatchObject({ status: "pass", reached: "cited resolved passed executed killed" });
    expect(judge({ demanded })).toMatchObject({ status: "unverified", exit: 7 });
    expect(judge({ demanded, proofs: [{ requirement: "EXE-15", state: "stale" }] })).toMatchObject({
      status: "stale",
      exit: 5,
    });
  });

  it("takes a check without a place of its own for evidence at its own row", () => {
    const checks = [checkExample(), checkExample({ id: "never-x", kind: "attack", requirements: ["HAR-02"], row: 4 })];
    const report = judgeRun(verdictExample({ evidence: [rule, code], checks }));
    expect(report.requirements[1]).toMatchObject({
      status: "pass",
      evidence: [{ kind: "code" }, { kind: "attack", name: "never-x", row: 4 }],
    });
  });
});

// @requirement HAR-04
describe("statuses", () => {
  const xfailing = { checks: [checkExample({ status: "xfail" }), checkExample({ id: "other-001", requirements: [] })] };
  const should = {
    requirements: [requirementExample({ level: "SHOULD" })],
    evidence: [rule, caseOf("command-words-001")],
  };

  it("does not let an expected failure meet a MUST; a waiver, with owner and expiry, does", () => {
    expect(judge(xfailing)).toMatchObject({ status: "fail", exit: 2 });
    const waivers = [waiverExample({ rung: "passed" }), waiverExample({ id: "waiver-002", rung: "executed" })];
    expect(judge({ ...xfailing, waivers })).toMatchObject({ status: "waived", verdict: "PASS" });
  });

  it("passes a run over a SHOULD that is expected to fail, or has gaps", () => {
    expect(judge({ ...should, ...xfailing })).toMatchObject({ status: "xfail", verdict: "PASS" });
    const bare = { ...should, evidence: [], checks: [checkExample({ requirements: [] })] };
    const judged = judge(bare);
    expect(judged).toMatchObject({ status: "skip", verdict: "PASS" });
    expect(judged.gaps).toContain("cited: no rule and no code cites it");
  });

  it("fails a SHOULD whose check fails", () => {
    expect(judge({ ...should, checks: [checkExample({ status: "fail" })] })).toMatchObject({ status: "fail", exit: 2 });
  });

  it("fails a check that passes though it is expected to fail", () => {
    expect(judge({ checks: [checkExample({ status: "xpass" })] })).toMatchObject({ status: "fail", exit: 2 });
  });

  it("ends with 7 for a test without a result", () => {
    const evidence = [rule, caseOf("command-words-001"), code, { ...test, status: "unverified" as const }];
    expect(judge({ evidence }, "HAR-02")).toMatchObject({ status: "unverified", exit: 7 });
  });

  it("ends with 5 for a stale check", () => {
    expect(
      judge({ checks: [checkExample(), checkExample({ id: "b-001", requirements: [], status: "stale" })] }).exit,
    ).toBe(5);
  });

  it("never counts a planned requirement as passed, with all evidence there", () => {
    const requirements: Requirement[] = [requirementExample({ since: "0.2" }), requirementExample({ id: "HAR-02" })];
    expect(judge({ requirements })).toMatchObject({
      status: "planned",
      reached: "cited resolved passed executed",
      gaps: [],
    });
  });

  it("demands of other methods what the version says", () => {
    const requirements = [requirementExample({ method: "measurement" }), requirementExample({ id: "HAR-02" })];
    const place = { ...code, kind: "measurement", requirements: ["EXE-15"], status: "fail" } as const;
    expect(judge({ requirements, evidence: [code, test], checks: [checkExample({ requirements: [] })] })).toMatchObject(
      { status: "fail" },
    );
    expect(judge({ requirements, evidence: [{ ...place, status: "pass" }, code, test] })).toMatchObject({
      status: "pass",
      reached: "cited measured within_bound",
    });
    expect(judge({ requirements, evidence: [place, code, test] })).toMatchObject({
      status: "fail",
      reached: "cited measured",
    });
  });
});

// @requirement HAR-03, HAR-04
describe("waivers", () => {
  const unexecuted: Partial<VerdictInput> = { executions: [] };

  it("excuse a gap through the day they expire on, and the gap is still shown", () => {
    const judged = judge({ ...unexecuted, waivers: [waiverExample()] });
    expect(judged).toMatchObject({ status: "waived", verdict: "PASS" });
    expect(judged.gaps?.[0]).toMatch(/^executed: .* \(waived\)$/);
  });

  it("excuse nothing and fail the run from the day after", () => {
    const judged = judge({ ...unexecuted, waivers: [waiverExample()], today: "2026-03-02" });
    expect(judged).toMatchObject({ status: "unverified", exit: 6 });
    const { reasons } = judgeRun(verdictExample({ waivers: [waiverExample()], today: "2026-03-02" }));
    expect(reasons).toEqual([{ exit_code: 6, text: "waiver-001 of EXE-15 expired on 2026-03-01 (owner ada)" }]);
  });

  it("say nothing of a requirement that is not judged", () => {
    const waivers = [waiverExample({ requirement: "EXE-15" })];
    expect(judgeRun(verdictExample({ only: ["HAR-02"], waivers }))).toMatchObject({ verdict: "PASS", reasons: [] });
  });

  it("are not needed for a rung that holds, though another is missing", () => {
    const waivers = [waiverExample(), waiverExample({ id: "waiver-002", rung: "passed" })];
    expect(judgeRun(verdictExample({ ...unexecuted, waivers })).reasons).toEqual([
      { exit_code: 6, text: "waiver-002 of EXE-15 is not needed: nothing is missing at the rung passed (owner ada)" },
    ]);
  });

  it.each([
    ["orphaned", { requirement: "NO-1" }, "waiver-001 is orphaned: no specification has NO-1 (owner ada)"],
    ["not needed", {}, "waiver-001 of EXE-15 is not needed: nothing is missing at the rung executed (owner ada)"],
    [
      "not needed while planned",
      { requirement: "SBX-01" },
      "waiver-001 of SBX-01 is not needed: nothing is missing at the rung executed (owner ada)",
    ],
  ])("fail the run when %s", (_, over, text) => {
    expect(judgeRun(verdictExample({ waivers: [waiverExample(over)] })).reasons).toEqual([{ exit_code: 6, text }]);
  });

  it("fail the run when their rule found nothing", () => {
    const { rung: _, ...waiver } = waiverExample();
    const { reasons } = judgeRun(verdictExample({ waivers: [{ ...waiver, rule: "packet/no_owner" }] }));
    expect(reasons[0]?.text).toContain("packet/no_owner found nothing");
  });

  it("never excuse a failing check", () => {
    const waivers = [waiverExample({ rung: "passed" }), waiverExample({ id: "waiver-002", rung: "executed" })];
    expect(judge({ checks: [checkExample({ status: "fail" })], waivers })).toMatchObject({ verdict: "FAIL", exit: 2 });
  });

  it("excuse one rung alone", () => {
    const over = { evidence: [rule, code, test], checks: [checkExample({ requirements: [] })], executions: [] };
    expect(judge({ ...over, waivers: [waiverExample()] })).toMatchObject({ status: "fail" });
  });
});
