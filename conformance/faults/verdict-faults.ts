import type { CheckResult, Report, Rung, Status } from "../../src/index.js";
import { judgeRun, type VerdictInput } from "../verdict/index.js";
import type { Judge } from "./sound-world.js";
import { verdictLaws } from "./verdict-laws.js";

/** A fault of the harness, and whether it was noticed. */
export type HarnessFault = {
  readonly id: string;
  readonly title: string;
  noticed(): boolean | Promise<boolean>;
};

/** A judge with a fault in it. */
export type WrongJudge = { readonly id: string; readonly title: string; readonly judge: Judge };

/** The real judge, given something else than what came of the run. */
function misled(change: (input: VerdictInput) => Partial<VerdictInput>): Judge {
  return (input) => judgeRun({ ...input, ...change(input) });
}

function withChecks(change: (check: CheckResult) => CheckResult): Judge {
  return misled(({ checks }) => ({ checks: checks.map(change) }));
}

/** The real report with reasons left out, and the verdict that the others make. */
function without(keep: (reason: Report["reasons"][number]) => boolean): Judge {
  return (input) => {
    const report = judgeRun(input);
    const reasons = report.reasons.filter(keep);
    return {
      ...report,
      reasons,
      verdict: reasons.length === 0 ? "PASS" : "FAIL",
      exit_code: reasons[0]?.exit_code ?? 0,
    };
  };
}

/** Tells one status as another, in requirements and in checks, and fails for none of the first. */
function tells(from: Status, to: Status): Judge {
  return (input) => {
    const report = judgeRun(input);
    const swap = <T extends { readonly status: Status }>(one: T): T =>
      one.status === from ? { ...one, status: to } : one;
    return { ...report, requirements: report.requirements.map(swap), checks: report.checks.map(swap) };
  };
}

/** Takes a rung for reached wherever it is not. */
function grants(rung: Rung): Judge {
  return (input) => {
    const isGap = (gap: string) => gap.startsWith(`${rung}: `);
    const report = judgeRun(input);
    const requirements = report.requirements.map((one) => {
      if (!one.gaps.some(isGap)) return one;
      const gaps = one.gaps.filter((gap) => !isGap(gap));
      return {
        ...one,
        gaps,
        reached: [...one.reached, rung],
        status: gaps.length === 0 ? ("pass" as const) : one.status,
      };
    });
    const lacking = requirements.some((one) => one.gaps.length > 0 && one.status !== "planned");
    if (lacking || report.reasons.length === 0) return { ...report, requirements };
    return { ...report, requirements, verdict: "PASS", exit_code: 0, reasons: [] };
  };
}

const statusFaults: readonly WrongJudge[] = [
  ...(["fail", "xpass", "xfail", "skip", "unverified", "stale", "waived", "planned"] as const).map((status) => ({
    id: `takes-${status}-for-pass`,
    title: `what is ${status} counts as passed`,
    judge: withChecks((check) => (check.status === status ? { ...check, status: "pass" } : check)),
  })),
  ...(["waived", "planned", "unverified", "stale", "skip"] as const).map((status) => ({
    id: `tells-${status}-as-pass`,
    title: `what is ${status} is told as passed`,
    judge: tells(status, "pass"),
  })),
  { id: "tells-pass-as-fail", title: "what passed is told as failed", judge: tells("pass", "fail") },
];

const rungs = [
  "cited",
  "resolved",
  "passed",
  "executed",
  "killed",
  "measured",
  "within_bound",
  "present",
  "valid",
  "signed",
] as const;
const rungFaults: readonly WrongJudge[] = rungs.map((rung) => ({
  id: `grants-${rung.replaceAll("_", "-")}`,
  title: `the rung ${rung.replaceAll("_", " ")} is taken for reached`,
  judge: grants(rung),
}));

const exitFaults: readonly WrongJudge[] = [
  ...[2, 3, 5, 6, 7].map((code) => ({
    id: `forgets-exit-${code}`,
    title: `what exits with ${code} is forgotten`,
    judge: without(({ exit_code }) => exit_code !== code),
  })),
  { id: "exits-with-0", title: "a failed run exits with 0", judge: (input) => ({ ...judgeRun(input), exit_code: 0 }) },
  { id: "says-pass", title: "a failed run says PASS", judge: (input) => ({ ...judgeRun(input), verdict: "PASS" }) },
  { id: "says-fail", title: "every run says FAIL", judge: (input) => ({ ...judgeRun(input), verdict: "FAIL" }) },
  {
    id: "exits-with-2-for-all",
    title: "every failure exits with 2",
    judge: (input) => {
      const report = judgeRun(input);
      return report.exit_code === 0 ? report : { ...report, exit_code: 2 };
    },
  },
  {
    id: "last-exit-code-wins",
    title: "the last code that holds wins",
    judge: (input) => {
      const report = judgeRun(input);
      return { ...report, exit_code: report.reasons.at(-1)?.exit_code ?? 0 };
    },
  },
  {
    id: "tells-one-reason",
    title: "one reason is told of several",
    judge: (input) => {
      const report = judgeRun(input);
      return { ...report, reasons: report.reasons.slice(0, 1) };
    },
  },
];

const runFaults: readonly WrongJudge[] = [
  {
    id: "ignores-problems",
    title: "evidence that points at nothing is ignored",
    judge: misled(() => ({ problems: [] })),
  },
  {
    id: "ignores-disagreements",
    title: "engines that disagree are ignored",
    judge: misled(({ counts }) => ({ counts: { ...counts, disagreements: 0 } })),
  },
  {
    id: "ignores-bypasses",
    title: "what got through is ignored",
    judge: misled(({ counts }) => ({ counts: { ...counts, bypasses: 0 } })),
  },
  { id: "ignores-regressions", title: "the baseline is ignored", judge: misled(() => ({ regressions: [] })) },
  {
    id: "believes-every-proof",
    title: "stale, missing and survived proofs count as killed",
    judge: misled(({ proofs = [] }) => ({
      proofs: proofs.map(({ requirement }) => ({ requirement, state: "killed" })),
    })),
  },
  { id: "ignores-proofs", title: "what proofs say is ignored", judge: misled(() => ({ proofs: [] })) },
  { id: "ignores-waivers", title: "waivers are ignored", judge: misled(() => ({ waivers: [] })) },
  { id: "waivers-never-expire", title: "a waiver holds for ever", judge: misled(() => ({ today: "0000-01-01" })) },
  {
    id: "waivers-expire-a-day-early",
    title: "a waiver does not hold on its last day",
    judge: misled(() => ({ today: "2026-02-02" })),
  },
  {
    id: "waivers-excuse-failures",
    title: "a failure of a requirement that has a waiver is excused",
    judge: misled(({ checks, waivers }) => ({
      checks: checks.map((check) =>
        waivers.some(({ requirement }) => check.requirements.includes(requirement))
          ? { ...check, status: "pass" }
          : check,
      ),
    })),
  },
  {
    id: "believes-every-line-ran",
    title: "a case counts as having run every rule",
    judge: misled(({ checks, evidence }) => ({
      executions: checks.flatMap(({ id }) =>
        evidence.map(({ file, row, end_row }) => ({ check: id, file, lines: [{ from: row, to: end_row }] })),
      ),
    })),
  },
  {
    id: "believes-every-place",
    title: "evidence that points at a comment counts",
    judge: misled(({ evidence }) => ({ evidence: evidence.map(({ unresolved: _, ...place }) => place) })),
  },
  {
    id: "judges-the-first-check",
    title: "the first check speaks for all",
    judge: misled(({ checks }) => ({ checks: checks.slice(0, 1) })),
  },
  {
    id: "judges-the-first-requirement",
    title: "the first requirement speaks for all",
    judge: misled(({ requirements }) => ({ requirements: requirements.slice(0, 1) })),
  },
  { id: "ignores-only", title: "a run of one requirement judges all", judge: misled(() => ({ only: [] })) },
  {
    id: "takes-must-for-should",
    title: "a MUST is judged as a SHOULD",
    judge: misled(({ requirements }) => ({ requirements: requirements.map((one) => ({ ...one, level: "SHOULD" })) })),
  },
  {
    id: "takes-should-for-must",
    title: "a SHOULD is judged as a MUST",
    judge: misled(({ requirements }) => ({ requirements: requirements.map((one) => ({ ...one, level: "MUST" })) })),
  },
  {
    id: "puts-everything-off",
    title: "every requirement is planned for later",
    judge: misled(({ requirements }) => ({ requirements: requirements.map((one) => ({ ...one, since: "99.0" })) })),
  },
  {
    id: "puts-nothing-off",
    title: "what is planned for later is demanded now",
    judge: misled(({ requirements }) => ({ requirements: requirements.map((one) => ({ ...one, since: "0.1" })) })),
  },
  {
    id: "demands-less",
    title: "a citation is all that is demanded",
    judge: misled(({ demanded }) => ({ demanded: { ...demanded, mutation: { rule: "cited", code: "cited" } } })),
  },
  {
    id: "keeps-the-order-it-is-given",
    title: "the report depends on the order in which results come",
    judge: (input) => {
      const report = judgeRun(input);
      const order = input.checks.map(({ id }) => id);
      return { ...report, checks: report.checks.toSorted((a, b) => order.indexOf(a.id) - order.indexOf(b.id)) };
    },
  },
  {
    id: "counts-nothing",
    title: "the totals are empty",
    judge: (input) => {
      const report = judgeRun(input);
      return { ...report, totals: { ...report.totals, requirements: {}, checks: {} } };
    },
  },
];

/** Judges with one fault each: in each status, each rung, each exit code, and in how a run's results are read. */
export const wrongJudges: readonly WrongJudge[] = [...statusFaults, ...rungFaults, ...exitFaults, ...runFaults];

/**
 * What can go wrong between a run's results and its verdict: the laws that the judge itself must keep, and judges with
 * a fault in them, each of which must break one.
 */
export const verdictFaults: readonly HarnessFault[] = [
  ...verdictLaws.map(({ id, title, holds }) => ({ id, title, noticed: () => holds(judgeRun) })),
  ...wrongJudges.map(({ id, title, judge }) => ({
    id: `judge-${id}`,
    title: `a judge for whom ${title} is noticed`,
    noticed: () => verdictLaws.some((law) => !law.holds(judge)),
  })),
];
