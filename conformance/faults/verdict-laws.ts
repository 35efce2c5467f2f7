import { type CheckResult, ladders, type Status, type Waiver } from "../../src/index.js";
import { fails, lacks, passes, type VerdictLaw } from "./law.js";
import { rungLaws } from "./rung-laws.js";
import { judgeWith, soundCheck, soundRequirement, soundWorld } from "./sound-world.js";

const waiver: Waiver = {
  id: "waiver-001",
  requirement: "SND-1",
  rung: "killed",
  reason: "planted",
  owner: "nobody",
  approver: "nobody else",
  expires: "2026-02-01",
};
const unproven = { proofs: [{ requirement: "SND-1", state: "missing" }] } as const;
const later = { ...soundRequirement, id: "SND-2", since: "9.0" };

/** What a check that speaks for no requirement does to a run, by its status; 0 lets it pass. */
const exitOfCheck: Readonly<Record<Status, number>> = {
  pass: 0,
  fail: 2,
  xfail: 0,
  xpass: 2,
  skip: 0,
  waived: 0,
  unverified: 7,
  stale: 5,
  planned: 0,
};

const checkLaws = Object.entries(exitOfCheck).map(([status, exitCode]): VerdictLaw => {
  const title = `a check that is ${status} ${exitCode === 0 ? "lets the run pass" : `fails the run with ${exitCode}`}`;
  const id = `check-is-${status}`;
  return {
    id,
    title,
    holds: (judge) => {
      const extra: CheckResult = {
        ...soundCheck,
        id: "extra",
        kind: "differential",
        requirements: [],
        status: known(status),
      };
      const report = judgeWith({ checks: [soundCheck, extra] }, judge);
      const told = report.checks.find((check) => check.id === "extra")?.status === status;
      return told && (exitCode === 0 ? passes(report) : fails(report, exitCode));
    },
  };
});

function known(status: string): Status {
  return Object.keys(exitOfCheck).find((one): one is Status => one === status) ?? "fail";
}

const exitLaws: readonly VerdictLaw[] = [
  {
    id: "case-failed",
    title: "a case failed",
    holds: (judge) => fails(judgeWith({ checks: [{ ...soundCheck, status: "fail" }] }, judge), 2),
  },
  {
    id: "case-passed-unexpectedly",
    title: "a case that should fail passed",
    holds: (judge) => {
      const report = judgeWith({ checks: [{ ...soundCheck, status: "xpass" }] }, judge);
      return fails(report, 2) && report.requirements[0]?.status === "fail";
    },
  },
  {
    id: "mutant-survived",
    title: "a mutant of a MUST survived",
    holds: (judge) => fails(judgeWith({ proofs: [{ requirement: "SND-1", state: "survived" }] }, judge), 3),
  },
  {
    id: "proof-is-stale",
    title: "a proof is of other lines",
    holds: (judge) => {
      const report = judgeWith({ proofs: [{ requirement: "SND-1", state: "stale" }] }, judge);
      return fails(report, 5) && report.requirements[0]?.status === "stale";
    },
  },
  {
    id: "requirement-got-worse",
    title: "a requirement is worse than in the baseline",
    holds: (judge) => fails(judgeWith({ regressions: ["SND-1 lost a rung"] }, judge), 5),
  },
  {
    id: "waiver-expired",
    title: "a waiver that is needed expired yesterday",
    holds: (judge) => {
      const report = judgeWith({ ...unproven, waivers: [{ ...waiver, expires: "2025-12-31" }] }, judge);
      return fails(report, 6) && report.requirements[0]?.status === "unverified";
    },
  },
  {
    id: "waiver-of-nothing",
    title: "a waiver names a requirement that is gone",
    holds: (judge) => fails(judgeWith({ waivers: [{ ...waiver, requirement: "SND-9" }] }, judge), 6),
  },
  {
    id: "waiver-not-needed",
    title: "a waiver excuses what holds",
    holds: (judge) => fails(judgeWith({ waivers: [waiver] }, judge), 6),
  },
  {
    id: "run-is-empty",
    title: "nothing was asked of anything",
    holds: (judge) => fails(judgeWith({ requirements: [], evidence: [], checks: [], executions: [] }, judge), 7),
  },
  {
    id: "exit-7-unverified",
    title: "nobody looked whether a break is noticed",
    holds: (judge) => {
      const report = judgeWith(unproven, judge);
      return fails(report, 7) && report.requirements[0]?.status === "unverified";
    },
  },
  {
    id: "exit-codes-in-order",
    title: "the first code that holds wins, and all are told",
    holds: (judge) => {
      const over = { regressions: ["SND-1 lost a rung"], waivers: [{ ...waiver, requirement: "SND-9" }], ...unproven };
      const codes = judgeWith(over, judge).reasons.map(({ exit_code }) => exit_code);
      return codes.join() === "5,6,7" && fails(judgeWith(over, judge), 5);
    },
  },
];

const runLaws: readonly VerdictLaw[] = [
  {
    id: "nothing-is-wrong",
    title: "a run in which everything is as it should be passes, at the top of the ladder",
    holds: (judge) => {
      const report = judgeWith({}, judge);
      const { totals, requirements } = report;
      const counted = totals.requirements.pass === 1 && totals.checks.pass === 1;
      return passes(report) && counted && requirements[0]?.reached.join() === ladders.mutation.join();
    },
  },
  {
    id: "waived-is-told",
    title: "a gap that a waiver excuses lets the run pass, and is told as waived on its last day",
    holds: (judge) => {
      const report = judgeWith({ ...unproven, waivers: [waiver], today: waiver.expires }, judge);
      return passes(report) && report.requirements[0]?.status === "waived";
    },
  },
  {
    id: "waiver-excuses-a-failure",
    title: "a waiver is held against a failing case",
    holds: (judge) =>
      fails(judgeWith({ ...unproven, waivers: [waiver], checks: [{ ...soundCheck, status: "fail" }] }, judge), 2),
  },
  {
    id: "planned-is-told",
    title: "a requirement of a later version is planned and fails nothing",
    holds: (judge) => {
      const report = judgeWith({ requirements: [soundRequirement, later] }, judge);
      return passes(report) && report.requirements[1]?.status === "planned" && report.totals.requirements.planned === 1;
    },
  },
  {
    id: "planned-alone-is-empty",
    title: "a run with planned requirements alone proves nothing",
    holds: (judge) => fails(judgeWith({ requirements: [later] }, judge), 7),
  },
  {
    id: "should-is-no-must",
    title: "a gap of a SHOULD fails nothing, and is no pass",
    holds: (judge) => {
      const should = { ...soundRequirement, id: "SND-2", level: "SHOULD" } as const;
      const report = judgeWith({ requirements: [soundRequirement, should] }, judge);
      return passes(report) && report.requirements[1]?.status === "skip";
    },
  },
  {
    id: "marker-points-at-nothing",
    title: "a marker stands before nothing",
    holds: (judge) =>
      fails(
        judgeWith({ problems: [{ code: "evidence/unresolved", message: "nothing follows the marker" }] }, judge),
        2,
      ),
  },
  {
    id: "engines-disagree",
    title: "the two engines disagree",
    holds: (judge) => {
      const report = judgeWith({ counts: { ...soundWorld.counts, disagreements: 1 } }, judge);
      return fails(report, 2) && report.totals.disagreements === 1;
    },
  },
  {
    id: "something-got-through",
    title: "something got through that must not",
    holds: (judge) => {
      const report = judgeWith({ counts: { ...soundWorld.counts, bypasses: 1 } }, judge);
      return fails(report, 2) && report.totals.bypasses === 1;
    },
  },
  {
    id: "one-of-several-fails",
    title: "one case of several failed, wherever it stands",
    holds: (judge) => {
      const failed = { ...soundCheck, id: "sound-002", status: "fail" } as const;
      const last = { ...soundCheck, id: "sound-003" };
      const [there, back] = [
        [soundCheck, failed, last],
        [last, failed, soundCheck],
      ].map((checks) => judgeWith({ checks }, judge));
      return there !== undefined && fails(there, 2) && JSON.stringify(there) === JSON.stringify(back);
    },
  },
  {
    id: "every-requirement-is-judged",
    title: "a second requirement that nothing cites fails the run",
    holds: (judge) =>
      lacks(
        judgeWith({ requirements: [soundRequirement, { ...soundRequirement, id: "SND-2" }] }, judge),
        "cited",
        "SND-2",
      ),
  },
  {
    id: "only-these-are-judged",
    title: "a run of one requirement judges that one and says so",
    holds: (judge) => {
      const requirements = [soundRequirement, { ...soundRequirement, id: "SND-2" }];
      const report = judgeWith({ requirements, only: ["SND-1"] }, judge);
      return passes(report) && report.requirements.length === 1 && report.only.join() === "SND-1";
    },
  },
];

/** What holds of every right judge; each is looked at on every run, and each notices some of the planted judges. */
export const verdictLaws: readonly VerdictLaw[] = [...runLaws, ...checkLaws, ...rungLaws, ...exitLaws];
