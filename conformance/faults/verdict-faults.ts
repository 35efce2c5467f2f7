import type { Report, Waiver } from "../../src/index.js";
import { judgeWith, soundCheck, soundWorld } from "./sound-world.js";

/** A fault of the harness, and whether it was noticed. */
export type HarnessFault = {
  readonly id: string;
  readonly title: string;
  noticed(): boolean | Promise<boolean>;
};

const failsWith = (exitCode: number, report: Report) => report.verdict === "FAIL" && report.exit_code === exitCode;
const [rule, declared] = soundWorld.evidence;
const onlyWith = (...places: (typeof rule)[]) => places.filter((place) => place !== undefined);
const waiver: Waiver = {
  id: "waive-1",
  requirement: "SND-1",
  rung: "executed",
  reason: "planted",
  owner: "nobody",
  approver: "nobody else",
  expires: "2026-02-01",
};

/** What a version demands that records proofs. */
const demandingProof = { ...soundWorld.demanded, mutation: { rule: "killed", code: "killed" } } as const;

/** What can go wrong between a run's results and its verdict. */
export const verdictFaults: readonly HarnessFault[] = [
  {
    id: "nothing-is-wrong",
    title: "a run in which everything is as it should be passes",
    noticed: () => judgeWith({}).verdict === "PASS" && judgeWith({}).exit_code === 0,
  },
  {
    id: "case-failed",
    title: "a case failed",
    noticed: () => failsWith(2, judgeWith({ checks: [{ ...soundCheck, status: "fail" }] })),
  },
  {
    id: "case-passed-unexpectedly",
    title: "a case that should fail passed",
    noticed: () => failsWith(2, judgeWith({ checks: [{ ...soundCheck, status: "xpass" }] })),
  },
  {
    id: "case-was-skipped",
    title: "the only case was skipped",
    noticed: () => judgeWith({ checks: [{ ...soundCheck, status: "skip" }] }).verdict === "FAIL",
  },
  {
    id: "case-did-not-run",
    title: "the only case has no result",
    noticed: () => judgeWith({ checks: [] }).verdict === "FAIL",
  },
  {
    id: "case-ran-other-lines",
    title: "the case passed without running the rule",
    noticed: () => failsWith(2, judgeWith({ executions: [] })) || failsWith(7, judgeWith({ executions: [] })),
  },
  {
    id: "rule-annotation-deleted",
    title: "the rule no longer cites the requirement",
    noticed: () => failsWith(2, judgeWith({ evidence: onlyWith(declared) })),
  },
  {
    id: "evidence-is-a-comment",
    title: "the evidence points at a comment",
    noticed: () =>
      rule !== undefined &&
      failsWith(2, judgeWith({ evidence: onlyWith({ ...rule, unresolved: "a comment" }, declared) })),
  },
  {
    id: "marker-points-at-nothing",
    title: "a marker stands before nothing",
    noticed: () =>
      failsWith(2, judgeWith({ problems: [{ code: "evidence/unresolved", message: "nothing follows the marker" }] })),
  },
  {
    id: "run-is-empty",
    title: "nothing was asked of anything",
    noticed: () => failsWith(7, judgeWith({ requirements: [], evidence: [], checks: [], executions: [] })),
  },
  {
    id: "engines-disagree",
    title: "the two engines disagree",
    noticed: () => failsWith(2, judgeWith({ counts: { ...soundWorld.counts, disagreements: 1 } })),
  },
  {
    id: "something-got-through",
    title: "something got through that must not",
    noticed: () => failsWith(2, judgeWith({ counts: { ...soundWorld.counts, bypasses: 1 } })),
  },
  {
    id: "waiver-expired",
    title: "a waiver has expired",
    noticed: () => judgeWith({ waivers: [{ ...waiver, expires: "2025-12-31" }] }).exit_code === 6,
  },
  {
    id: "waiver-of-nothing",
    title: "a waiver names a requirement that is gone",
    noticed: () => judgeWith({ waivers: [{ ...waiver, requirement: "SND-2" }] }).exit_code === 6,
  },
  {
    id: "waiver-not-needed",
    title: "a waiver excuses what holds",
    noticed: () => judgeWith({ waivers: [waiver] }).verdict === "FAIL",
  },
  {
    id: "waiver-excuses-a-failure",
    title: "a waiver is held against a failing case",
    noticed: () => judgeWith({ waivers: [waiver], checks: [{ ...soundCheck, status: "fail" }] }).verdict === "FAIL",
  },
  {
    id: "mutant-survived",
    title: "a mutant of a MUST survived",
    noticed: () => failsWith(3, judgeWith({ proofs: [{ requirement: "SND-1", state: "survived" }] })),
  },
  {
    id: "proof-is-stale",
    title: "a proof is of other lines",
    noticed: () =>
      failsWith(5, judgeWith({ demanded: demandingProof, proofs: [{ requirement: "SND-1", state: "stale" }] })),
  },
  {
    id: "requirement-got-worse",
    title: "a requirement is worse than in the baseline",
    noticed: () => failsWith(5, judgeWith({ regressions: ["SND-1 lost a rung"] })),
  },
];
