import type { CheckResult, Evidence, Report, Requirement, RequirementResult } from "../../src/index.js";
import { bypassesOf, countsOf, type TargetProduct, type TargetResult } from "./check.js";
import { checkResultOf } from "./run-target.js";
import { type ChecklistItem, failingItems } from "./security-checklist.js";

/** What a target's report is made from. */
export type TargetReportInput = {
  readonly product: TargetProduct;
  readonly requirements: readonly (Requirement & {
    readonly source: { readonly doc: string; readonly section: string };
  })[];
  readonly results: readonly TargetResult[];
  readonly checklist: readonly ChecklistItem[];
  readonly only: readonly string[];
};

/**
 * The report of a run over HTTP, in the form of every other: a requirement is as its checks are. It says what the gateway does when
 * it is asked, and nothing of its code: `passed` is the rung that is demanded.
 */
export function targetReport({ product, requirements, results, checklist, only }: TargetReportInput): Report {
  const checks = results.map(checkResultOf).sort((a, b) => (a.id < b.id ? -1 : 1));
  const judged = requirements.flatMap((one) => {
    const mine = checks.filter((check) => check.requirements.includes(one.id));
    return mine.length === 0 ? [] : [judge(one, mine)];
  });
  const reasons = reasonsOf(results, checklist);
  return {
    schema: "lockkeeper/report/v1",
    product,
    verdict: reasons.length === 0 ? "PASS" : "FAIL",
    exit_code: reasons[0]?.exit_code ?? 0,
    reasons: [...reasons],
    profile: "target",
    seed: 0,
    only: [...only],
    inputs: {},
    totals: {
      requirements: tally(judged.map(({ status }) => status)),
      checks: tally(checks.map(({ status }) => status)),
      property_inputs: 0,
      interpreter_inputs: 0,
      disagreements: 0,
      bypasses: bypassesOf(results).bypasses,
    },
    requirements: judged,
    checks,
  };
}

type Reason = Report["reasons"][number];

/**
 * Why a run does not pass, what weighs most first: something failed (2), or nothing could be asked (7). A gateway that lets
 * nothing through has failed the twins.
 *
 * @requirement HAR-12
 */
export function reasonsOf(results: readonly TargetResult[], checklist: readonly ChecklistItem[]): readonly Reason[] {
  const { pass, fail } = countsOf(results);
  const failed = fail > 0 ? [{ exit_code: 2, text: `${fail} checks failed` }] : [];
  const insecure = failingItems(checklist).map(({ title }) => ({ exit_code: 2, text: `security: ${title}` }));
  const twins = results.filter(({ check, verdict }) => check.twin === true && verdict.status === "pass");
  if (fail === 0 && pass === 0) return [...insecure, { exit_code: 7, text: "nothing could be run" }];
  if (fail === 0 && twins.length === 0)
    return [...insecure, { exit_code: 7, text: "nothing shows that it lets anything through" }];
  return [...failed, ...insecure];
}

function judge(
  { id, rev, level, method, text, source, since }: TargetReportInput["requirements"][number],
  checks: readonly CheckResult[],
): RequirementResult {
  const status = statusOf(checks);
  const gaps = checks
    .filter((one) => one.status === "fail")
    .map((one) => `passed: ${one.id}: ${one.title}`.slice(0, 1000));
  const reached = status === "pass" ? ["cited", "resolved", "passed"] : ["cited", "resolved"];
  const base = { id, rev, level, method, text, source: `${source.doc}, ${source.section}`, since, status, reached };
  return { ...base, demanded: "passed", gaps, evidence: checks.map(evidenceOf) };
}

/** A requirement fails with one of its checks; it is skipped where none could be asked. */
function statusOf(checks: readonly CheckResult[]): "pass" | "fail" | "skip" {
  if (checks.some(({ status }) => status === "fail")) return "fail";
  return checks.some(({ status }) => status === "pass") ? "pass" : "skip";
}

function evidenceOf({ id, file, row, status, detail }: CheckResult): Evidence {
  const told = detail === undefined ? {} : { detail: detail.slice(0, 4000) };
  return { kind: "case", name: id, file, row, end_row: row, status, ...told };
}

function tally(statuses: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const status of statuses) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}
