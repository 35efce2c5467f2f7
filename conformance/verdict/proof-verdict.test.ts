import { describe, expect, it } from "vitest";
import { demanded, judge } from "./testdata/judged-example.js";
import {
  caseOf,
  checkExample,
  code,
  proofOf,
  requirementExample,
  rule,
  survivors,
  test,
  verdictExample,
  waiverExample,
} from "./testdata/verdict-example.js";
import { judgeRun } from "./verdict.js";
import type { Proof, VerdictInput } from "./verdict-input.js";

// @requirement HAR-03
describe("code reaches", () => {
  it("killed, and with it executed, when its proof says so", () => {
    const proof = proofOf("killed");
    expect(judge([proof])).toEqual({
      status: "pass",
      reached: "cited resolved passed executed killed",
      gaps: [],
      verdict: "PASS",
      exit_code: 0,
      reasons: [],
      proof: proof.result,
    });
  });

  it("executed where a mutant was noticed or a survivor's line ran, and no further", () => {
    for (const over of [survivors, { ...survivors, killed: 0 }, { ...survivors, covered: 0 }]) {
      expect(judge([proofOf("survived", over)])).toMatchObject({
        status: "fail",
        reached: "cited resolved passed executed",
      });
    }
  });

  it.each<[string, Proof[]]>([
    ["nothing is recorded", []],
    ["no survivor's line ran", [proofOf("survived", { state: "survived", killed: 0, survived: 1 })]],
    ["another file's lines ran", [proofOf("survived", { ...survivors, file: "src/other.ts" })]],
    ["another row's lines ran", [proofOf("survived", { ...survivors, row: 21 })]],
    ["another declaration's lines ran", [proofOf("survived", { ...survivors, name: "other" })]],
    ["other lines are recorded", [proofOf("stale")]],
    ["the proof does not say of what", [{ requirement: "HAR-02", state: "missing" }]],
  ])("passed when %s", (_, proofs) => {
    const { reached, gaps } = judge(proofs);
    expect(reached).toBe("cited resolved passed");
    expect(gaps[0]).toBe(
      "executed: code evidenceIn (src/evidence.ts:20): no recorded proof shows that a trial that cites it ran it",
    );
  });

  it.each<[string, Proof | undefined, string]>([
    ["nothing", undefined, "killed: no proof is recorded"],
    ["a proof of nothing", { requirement: "HAR-02", state: "missing" }, "killed: no proof is recorded"],
    [
      "survivors, and not where",
      { requirement: "HAR-02", state: "survived" },
      "killed: a mutant of the cited lines survived",
    ],
    [
      "a survivor",
      proofOf("survived", survivors),
      "killed: code evidenceIn (src/evidence.ts:20): 2 of 5 mutants survived",
    ],
    [
      "other lines",
      proofOf("stale"),
      "killed: code evidenceIn (src/evidence.ts:20): the recorded proof is of other lines or trials",
    ],
    ["no mutant", proofOf("missing"), "killed: code evidenceIn (src/evidence.ts:20): no proof is recorded"],
  ])("less when what is recorded is %s, and says so", (_, proof, gap) => {
    const { gaps, status } = judge(proof === undefined ? [] : [proof]);
    expect(gaps.at(-1)).toBe(gap);
    expect(status).toBe(proof === undefined || proof.state === "missing" ? "unverified" : status);
  });

  it("no rung by the places that are proven beside one that is not", () => {
    const { result, ...rest } = proofOf("survived", survivors);
    if (result === undefined) throw new Error("no places");
    const places = [...result.places, ...(proofOf("killed", { name: "other" }).result?.places ?? [])];
    expect(judge([{ ...rest, result: { ...result, places } }]).gaps).toEqual([
      "killed: code evidenceIn (src/evidence.ts:20): 2 of 5 mutants survived",
    ]);
  });
});

// @requirement HAR-03
describe("the demanded rung", () => {
  const found = (over: Partial<VerdictInput>) =>
    judgeRun(verdictExample({ demanded: { ...demanded, mutation: { rule: "executed", code: "passed" } }, ...over }))
      .requirements;

  it("is one for rules, another for code, and none for what is planned", () => {
    const [exe, har, sbx] = found({});
    expect(exe).toMatchObject({ demanded: "executed", status: "pass" });
    expect(har).toMatchObject({ demanded: "passed", status: "pass", reached: ["cited", "resolved", "passed"] });
    expect(sbx).toMatchObject({ demanded: null, status: "planned", gaps: [], reached: [] });
  });

  it("is that of rules where both cite", () => {
    const both = { ...code, requirements: ["EXE-15"] };
    const [exe] = found({ evidence: [rule, caseOf("command-words-001"), both, code, test] });
    expect(exe).toMatchObject({ demanded: "executed", status: "unverified" });
    expect(exe?.gaps).toEqual([expect.stringMatching(/^executed: code evidenceIn/)]);
  });

  it("that rules reach says nothing of what was skipped, and code beside them must run too", () => {
    const skipped = checkExample({ id: "command-words-002", status: "skip" });
    const checks = [...verdictExample().checks, skipped];
    expect(found({ checks })[0]).toMatchObject({ status: "pass", gaps: [] });
    const both = [rule, caseOf("command-words-001"), { ...code, requirements: ["EXE-15"] }];
    const elsewhere = [{ check: "command-words-001", file: rule.file, lines: [{ from: 6, to: 8 }] }];
    const [exe] = found({ evidence: both, executions: elsewhere });
    expect(exe).toMatchObject({ status: "fail", reached: ["cited", "resolved", "passed"] });
    expect(exe?.gaps).toEqual([
      "executed: rule command/not_allowed (policies/command/command.rego:5): no passing check that cites it made this rule hold",
      expect.stringMatching(/^executed: code evidenceIn/),
    ]);
  });

  it("is not reached by code that a coverage report says did not run, whatever is proven", () => {
    const proof = { ...proofOf("killed"), requirement: "HAR-02" };
    const covered = { ...code, executed: [{ from: 20, to: 30 }], idle: [{ from: 31, to: 31 }] };
    const of = (place: typeof code) => [rule, caseOf("command-words-001"), place, test];
    const [, half] = judgeRun(verdictExample({ demanded, evidence: of(covered), proofs: [proof] })).requirements;
    expect(half?.reached).toEqual(["cited", "resolved", "passed"]);
    expect(half?.gaps).toEqual(["executed: code evidenceIn (src/evidence.ts:20): did not run in the test run: row 31"]);
    const whole = { ...covered, idle: [] };
    const [, all] = judgeRun(verdictExample({ demanded, evidence: of(whole), proofs: [proof] })).requirements;
    expect(all?.reached).toEqual(["cited", "resolved", "passed", "executed", "killed"]);
  });

  it("is told with everything else that is known of a requirement", () => {
    const text = "The gate MUST refuse what no profile describes.";
    const [exe] = found({
      requirements: [requirementExample({ rev: 3 })],
      evidence: [rule, caseOf("command-words-001")],
    });
    expect(exe).toMatchObject({ id: "EXE-15", rev: 3, level: "MUST", method: "mutation", text, since: "0.1" });
    expect(exe?.source).toBe("design card, scope");
    expect(exe?.evidence.map((one) => Object.keys(one).includes("resolved"))).toEqual([false, false]);
    expect(exe).not.toHaveProperty("proof");
  });

  it("is missing for one reason where nothing cites it, and each gap of a waived rung says so", () => {
    const [exe] = found({ evidence: [code, test], checks: [] });
    expect(exe?.gaps).toEqual(["cited: no rule and no code cites it", "cited: no case, attack or test cites it"]);
    const waivers = [waiverExample({ requirement: "HAR-02", rung: "passed" })];
    const [, har] = found({
      evidence: [rule, caseOf("command-words-001"), code, { ...test, status: "skip" }],
      waivers,
    });
    expect(har).toMatchObject({ status: "waived", gaps: ["passed: no case, attack or test of it ran (waived)"] });
  });

  it.each([
    ["measurement", "cited measured within_bound"],
    ["artifact", "cited present valid"],
    ["inspection", "cited signed"],
  ] as const)("of %s is the top of its own ladder", (method, ladder) => {
    const requirements = [requirementExample({ method })];
    const place = { ...code, kind: method, requirements: ["EXE-15"], status: "pass" as const };
    const [met] = found({ requirements, evidence: [place] });
    expect(met).toMatchObject({ status: "pass", demanded: ladder.split(" ").at(-1), reached: ladder.split(" ") });
    const [failed] = found({ requirements, evidence: [{ ...place, status: "fail" }] });
    expect(failed?.status).toBe("fail");
    expect(failed?.reached).toEqual(ladder.split(" ").slice(0, -1));
    const [none] = found({ requirements, evidence: [], checks: [checkExample({ requirements: [] })] });
    expect(none).toMatchObject({ status: "fail", reached: [], gaps: ["cited: nothing cites it"] });
  });

  it("of a measurement is not measured where no figure is recorded", () => {
    const requirements = [requirementExample({ method: "measurement" })];
    const place = { ...code, kind: "measurement" as const, requirements: ["EXE-15"], status: "unverified" as const };
    const [one] = found({ requirements, evidence: [place] });
    expect(one).toMatchObject({ status: "unverified", reached: ["cited"] });
    expect(one?.gaps[0]).toBe("measured: no measurement is recorded");
  });
});

// @requirement HAR-04
describe("why a run fails", () => {
  const reasonsOf = (over: Partial<VerdictInput>) =>
    judgeRun(verdictExample(over)).reasons.map(({ exit_code, text }) => `${exit_code} ${text}`);

  it.each([
    ["fail", "2 case x-001 (specs/attacks/command-words.yaml:12) failed: denies a word that is no program"],
    [
      "xpass",
      "2 case x-001 (specs/attacks/command-words.yaml:12) passes though it is expected to fail: denies a word that is no program",
    ],
    ["stale", "5 case x-001 (specs/attacks/command-words.yaml:12) is stale"],
    ["unverified", "7 case x-001 (specs/attacks/command-words.yaml:12) has no result"],
  ] as const)("is told of a check that is %s", (status, reason) => {
    const added = checkExample({ id: "x-001", requirements: [], status });
    expect(reasonsOf({ checks: [...verdictExample().checks, added] })).toEqual([reason]);
  });

  it.each(["pass", "xfail", "skip", "waived", "planned"] as const)("is nothing for a check that is %s", (status) => {
    expect(
      reasonsOf({ checks: [...verdictExample().checks, checkExample({ id: "x", requirements: [], status })] }),
    ).toEqual([]);
  });

  const skipped = { ...test, status: "skip" as const };
  it("is that nothing ran, where nothing did", () => {
    const nothing = "7 no check ran: the run proves nothing";
    const untried = { evidence: [rule, code, skipped], only: ["SBX-01"] };
    const none = "7 no requirement is in force: the run proves nothing";
    expect(reasonsOf({ ...untried, checks: [] })).toEqual([nothing, none].sort());
    expect(reasonsOf({ ...untried, checks: [checkExample({ requirements: [], status: "skip" })] })).toContain(nothing);
    for (const status of ["pass", "fail", "xfail", "xpass"] as const) {
      const checks = [
        checkExample({ requirements: [], status }),
        checkExample({ id: "s", requirements: [], status: "skip" }),
      ];
      expect(reasonsOf({ ...untried, checks })).not.toContain(nothing);
    }
    expect(reasonsOf({ only: ["EXE-15", "HAR-02"], checks: [] })).not.toContain(nothing);
  });

  it("is the gaps of a requirement that no waiver excuses, the first three of them", () => {
    const rules = ["a", "b", "c", "d", "e"].map((name) => ({ ...rule, name }));
    const gap = (name: string) =>
      `executed: rule ${name} (policies/command/command.rego:5): no passing check that cites it was replayed`;
    const evidence = [...rules, caseOf("command-words-001"), code, test];
    const unrun: Partial<VerdictInput> = { executions: [], only: ["EXE-15"] };
    expect(reasonsOf({ ...unrun, evidence })).toEqual([
      `7 EXE-15 does not reach executed: ${gap("a")}; ${gap("b")}; ${gap("c")}; and 2 more`,
    ]);
    const failing = { ...unrun, evidence, checks: [checkExample({ status: "fail" })], waivers: [waiverExample()] };
    expect(reasonsOf(failing)).toContain(
      "2 EXE-15 does not reach executed: passed: case command-words-001 (specs/attacks/command-words.yaml:12): failed",
    );
  });

  it("is evidence that failed, where nothing that is demanded is missing", () => {
    const { demanded: now } = verdictExample();
    const requirements = [requirementExample({ method: "measurement" })];
    const slow = { ...code, kind: "measurement" as const, requirements: ["EXE-15"], status: "fail" as const };
    expect(reasonsOf({ demanded: { ...now, measurement: "cited" }, requirements, evidence: [slow] })).toEqual([
      "2 EXE-15 has evidence that failed",
    ]);
    const bad = { ...code, kind: "artifact" as const, name: "page", status: "fail" as const };
    const mutants = { proofs: [proofOf("survived", survivors)], only: ["HAR-02"] };
    const passed = { ...now, mutation: { rule: "passed", code: "passed" } } as const;
    expect(reasonsOf({ ...mutants, demanded: passed, evidence: [code, test, bad] })).toEqual([
      "2 HAR-02 has evidence that failed",
      "3 HAR-02: a mutant of the cited lines survived",
    ]);
    expect(reasonsOf({ ...mutants, demanded: passed })).toEqual(["3 HAR-02: a mutant of the cited lines survived"]);
  });

  it("is a check of a SHOULD that passes though it is expected to fail", () => {
    const requirements = [requirementExample({ level: "SHOULD" })];
    const evidence = [rule, caseOf("command-words-001")];
    const [one] = judgeRun(
      verdictExample({ requirements, evidence, checks: [checkExample({ status: "xpass" })] }),
    ).requirements;
    expect(one?.status).toBe("fail");
  });
});

// @requirement HAR-03, HAR-04
describe("what a proof does to a run", () => {
  it("ends with 3 for survivors of a MUST when nothing else is missing", () => {
    expect(judge([proofOf("survived", survivors)])).toMatchObject({
      verdict: "FAIL",
      exit_code: 3,
      reasons: [
        {
          exit_code: 3,
          text: "HAR-02: a mutant of the cited lines survived: killed: code evidenceIn (src/evidence.ts:20): 2 of 5 mutants survived",
        },
      ],
    });
  });

  it("ends with 2 when more is missing, and still tells of the survivors", () => {
    const evidence = [rule, caseOf("command-words-001"), code, { ...test, status: "fail" as const }];
    const { reasons, exit_code } = judge([proofOf("survived", survivors)], { evidence });
    expect(exit_code).toBe(2);
    expect(reasons.map((one) => one.exit_code)).toEqual([2, 3]);
  });

  it("is nothing for survivors that are waived, of a SHOULD, or of what is planned", () => {
    const waivers = [waiverExample({ requirement: "HAR-02", rung: "killed" })];
    expect(judge([proofOf("survived", survivors)], { waivers })).toMatchObject({
      status: "waived",
      verdict: "PASS",
      reasons: [],
      gaps: [expect.stringMatching(/^killed: .*\(waived\)$/)],
    });
    const requirements = (over: object) => [requirementExample(), requirementExample({ id: "HAR-02", ...over })];
    const should = judge([proofOf("survived", survivors)], { requirements: requirements({ level: "SHOULD" }) });
    expect(should).toMatchObject({ status: "skip", verdict: "PASS", reasons: [] });
    const later = { requirements: requirements({ since: "9.0" }), only: [], proofs: [] };
    const planned = judgeRun(verdictExample({ ...later, proofs: [proofOf("survived", survivors)] }));
    expect(planned.requirements[1]).toMatchObject({ status: "planned" });
    expect(planned.reasons).toEqual([]);
    expect(planned.totals.mutants).toEqual({ killed: 0, survived: 0, equivalent: 0 });
  });

  it("ends with 5 for a proof of other lines, and says how to prove it again", () => {
    expect(judge([proofOf("stale")])).toMatchObject({
      status: "stale",
      exit_code: 5,
      reasons: [{ exit_code: 5, text: "HAR-02: the recorded proof is stale; run lockkeeper prove HAR-02" }],
    });
    const skipped = { ...test, status: "skip" as const };
    const evidence = [rule, caseOf("command-words-001"), code, skipped];
    expect(judge([proofOf("stale")], { evidence })).toMatchObject({ status: "fail", exit_code: 2 });
  });

  it("ends with 7 where nothing is recorded, and names the first three gaps", () => {
    const { status, exit_code, reasons } = judge([]);
    expect({ status, exit_code }).toEqual({ status: "unverified", exit_code: 7 });
    expect(reasons[0]?.text).toBe(
      "HAR-02 does not reach killed: executed: code evidenceIn (src/evidence.ts:20): no recorded proof shows that a trial that cites it ran it; killed: no proof is recorded",
    );
    const more = ["a", "b", "c"].map((name) => ({ ...code, name }));
    const { reasons: many } = judge([], { evidence: [rule, caseOf("command-words-001"), ...more, test] });
    expect(many[0]?.text).toMatch(/; and 1 more$/);
  });

  it("is counted over the requirements in force, and not at all where proofs are not asked for", () => {
    const report = judgeRun(verdictExample({ proofs: [proofOf("killed")] }));
    expect(report.totals.mutants).toEqual({ killed: 3, survived: 0, equivalent: 0 });
    expect(judgeRun(verdictExample()).totals).not.toHaveProperty("mutants");
  });

  it("lets nobody pass who fails: a failing test of proven code fails", () => {
    const evidence = [rule, caseOf("command-words-001"), code, { ...test, status: "fail" as const }];
    expect(judge([proofOf("killed")], { evidence })).toMatchObject({ status: "fail", exit_code: 2 });
    const checks = [checkExample(), checkExample({ id: "x-001", requirements: ["HAR-02"], status: "fail" })];
    expect(judge([proofOf("killed")], { checks })).toMatchObject({ status: "fail", exit_code: 2 });
  });
});
