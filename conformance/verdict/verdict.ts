import {
  type CheckResult,
  formatProblem,
  type Report,
  type RequirementResult,
  type Status,
  statuses,
} from "../../src/index.js";
import { boundedText, byCodeUnits, byKeys } from "./bounded-text.js";
import { evidenceJudge } from "./judged-evidence.js";
import { type JudgedRequirement, judgeRequirement } from "./requirement-result.js";
import type { VerdictInput } from "./verdict-input.js";
import { isExpired, waiverFaults } from "./waiver-faults.js";

type Reason = Report["reasons"][number];

/** Exit codes in the order in which they win. 1, for misuse and bugs, belongs to whoever calls: there is no report then. */
export const exitCodes = { failed: 2, survived: 3, regressed: 5, waiver: 6, unverified: 7 } as const;

/**
 * Judges a run: the report, without the facts of the run. Pure, and the same whatever order the lists come in.
 *
 * A failing check fails the run, whatever is waived: waivers excuse gaps, never failures.
 */
export function judgeRun(input: VerdictInput): Report {
  const known = new Set(input.requirements.map((one) => one.id));
  const only = new Set(input.only);
  const judgedRequirements = input.requirements.filter((one) => only.size === 0 || only.has(one.id));
  const judgeEvidence = evidenceJudge(input);
  const proofs = new Map((input.proofs ?? []).map((proof) => [proof.requirement, proof]));
  const held = Map.groupBy(
    input.waivers.filter((waiver) => !isExpired(waiver, input.today)),
    (waiver) => waiver.requirement,
  );
  const judged = new Map(
    judgedRequirements.toSorted(byKeys((one) => [one.id, one.rev])).map((one) => {
      const excused = new Set((held.get(one.id) ?? []).flatMap((waiver) => waiver.rung ?? []));
      return [one.id, judgeRequirement(one, judgeEvidence(one.id), excused, proofs.get(one.id), input)];
    }),
  );
  const requirements = [...judged.values()].map((one) => one.result);
  const checks = input.checks
    .map(boundedCheck)
    .sort(byKeys((one) => [one.kind, one.id, one.status, JSON.stringify(one)]));

  const reasons = ordered([
    ...input.problems.map((problem) => failed(formatProblem(problem).split("\n")[0] ?? problem.message)),
    ...[...judged.values()].flatMap(requirementReasons),
    ...checks.flatMap(checkReasons),
    ...countReasons(input),
    ...(input.regressions ?? []).map((text) => ({ exit_code: exitCodes.regressed, text })),
    ...waiverFaults(input.waivers, judged, known, input.today).map((text) => ({ exit_code: exitCodes.waiver, text })),
    ...emptyReasons(requirements, checks),
  ]);
  return {
    schema: "lockkeeper/report/v1",
    product: { name: input.product.name, version: input.product.version },
    verdict: reasons.length === 0 ? "PASS" : "FAIL",
    exit_code: reasons[0]?.exit_code ?? 0,
    reasons,
    profile: input.profile,
    seed: input.seed,
    only: [...only].sort(byCodeUnits),
    inputs: Object.fromEntries(Object.entries(input.inputs).sort(([a], [b]) => byCodeUnits(a, b))),
    totals: {
      requirements: countStatuses(requirements),
      checks: countStatuses(checks),
      property_inputs: checks.filter((one) => one.kind === "attack").reduce((sum, one) => sum + one.inputs, 0),
      interpreter_inputs: input.counts.interpreter_inputs,
      disagreements: input.counts.disagreements,
      bypasses: input.counts.bypasses,
      ...(input.proofs === undefined ? {} : { mutants: countMutants(requirements) }),
    },
    requirements,
    checks,
  };
}

function failed(text: string): Reason {
  return { exit_code: exitCodes.failed, text };
}

/**
 * Why the run fails for a requirement, if it does.
 *
 * @requirement HAR-04
 */
function requirementReasons({ result, survived }: JudgedRequirement): Reason[] {
  const { id, status, demanded } = result;
  const because = result.gaps.filter((gap) => !gap.endsWith(" (waived)"));
  const told = because.slice(0, 3).join("; ") + more(because.length - 3);
  const text = `${id} does not reach ${demanded}: ${told}`;
  const reasons: Partial<Record<Status, Reason>> = {
    fail: failed(because.length > 0 ? text : `${id} has evidence that failed`),
    stale: { exit_code: exitCodes.regressed, text: `${id}: the recorded proof is stale; run lockkeeper prove ${id}` },
    unverified: { exit_code: exitCodes.unverified, text },
  };
  const [reason = []] = [reasons[status]];
  if (!survived) return [reason].flat();
  const survivors = { exit_code: exitCodes.survived, text: `${id}: a mutant of the cited lines survived` };
  // Where mutants survived and nothing else is missing, that is the one reason, with a code of its own.
  const others = because.filter((gap) => !gap.startsWith("killed: "));
  return others.length < because.length && others.length === 0
    ? [{ ...survivors, text: `${survivors.text}: ${told}` }]
    : [reason, survivors].flat();
}

function more(count: number): string {
  return count > 0 ? `; and ${count} more` : "";
}

/**
 * Why the run fails for a check, if it does.
 *
 * @requirement HAR-04
 */
function checkReasons({ id, kind, status, file, row, title }: CheckResult): Reason[] {
  const at = `${kind} ${id} (${file}:${row})`;
  const reasons: Partial<Record<Status, Reason>> = {
    fail: failed(`${at} failed: ${title}`),
    xpass: failed(`${at} passes though it is expected to fail: ${title}`),
    stale: { exit_code: exitCodes.regressed, text: `${at} is stale` },
    unverified: { exit_code: exitCodes.unverified, text: `${at} has no result` },
  };
  const [reason = []] = [reasons[status]];
  return [reason].flat();
}

function countReasons({ counts: { disagreements, bypasses } }: VerdictInput): Reason[] {
  const reasons: Reason[] = [];
  if (disagreements > 0) reasons.push(failed(`engine and interpreter disagree on ${inputsText(disagreements)}`));
  if (bypasses > 0) reasons.push(failed(`${inputsText(bypasses)} got through that must not`));
  return reasons;
}

function inputsText(count: number): string {
  return count === 1 ? "1 input" : `${count} inputs`;
}

/**
 * Why the run proves nothing, if it does not.
 *
 * @requirement HAR-04
 */
function emptyReasons(requirements: readonly RequirementResult[], checks: readonly CheckResult[]): Reason[] {
  const ran = new Set<Status>(["pass", "fail", "xfail", "xpass"]);
  const reasons: Reason[] = [];
  if (requirements.every((one) => one.status === "planned")) {
    reasons.push({ exit_code: exitCodes.unverified, text: "no requirement is in force: the run proves nothing" });
  }
  const tested = requirements.some(({ evidence }) =>
    evidence.some((one) => one.kind === "test" && ran.has(one.status)),
  );
  if (!tested && !checks.some((one) => ran.has(one.status))) {
    reasons.push({ exit_code: exitCodes.unverified, text: "no check ran: the run proves nothing" });
  }
  return reasons;
}

function ordered(reasons: readonly Reason[]): Reason[] {
  const bounded = reasons.map(({ exit_code, text }) => ({ exit_code, text: boundedText(text, 1000) }));
  const unique = new Map(bounded.map((reason) => [`${reason.exit_code} ${reason.text}`, reason]));
  return [...unique.values()].sort(byKeys((reason) => [reason.exit_code, reason.text]));
}

function countMutants(requirements: readonly RequirementResult[]): NonNullable<Report["totals"]["mutants"]> {
  const proofs = requirements.flatMap(({ status, proof }) => (status === "planned" ? [] : (proof ?? [])));
  const sum = (key: "killed" | "survived" | "equivalent") => proofs.reduce((total, one) => total + one[key], 0);
  return { killed: sum("killed"), survived: sum("survived"), equivalent: sum("equivalent") };
}

function countStatuses(items: readonly { readonly status: Status }[]): Record<string, number> {
  const counts = statuses.map((status) => [status, items.filter((item) => item.status === status).length] as const);
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

function boundedCheck(check: CheckResult): CheckResult {
  const { detail, ...rest } = check;
  const bounded = {
    ...rest,
    id: boundedText(check.id, 200),
    title: boundedText(check.title, 500),
    requirements: [...new Set(check.requirements)].sort(byCodeUnits),
  };
  return detail === undefined ? bounded : { ...bounded, detail: boundedText(detail, 20_000) };
}
