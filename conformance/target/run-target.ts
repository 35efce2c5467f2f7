import type { CheckResult } from "../../src/index.js";
import type { TargetCheck, TargetResult, TargetSuite, Verdict } from "./check.js";
import { targetSuites } from "./checks/index.js";
import { NotAskable, type Target } from "./target.js";

/** What a run is told. */
export type TargetRun = {
  /** Run the checks of these requirements alone; all where empty. */
  readonly only?: readonly string[];
  readonly suites?: readonly TargetSuite[];
  /** Called before each check. */
  readonly progress?: (line: string) => void;
};

/** Runs every check against a target, one after the other, so that what ran can be told apart. */
export async function runTarget(target: Target, run: TargetRun = {}): Promise<readonly TargetResult[]> {
  const { only = [], suites = targetSuites, progress = () => undefined } = run;
  const results: TargetResult[] = [];
  for (const { file, checks } of suites) {
    for (const check of checks.filter((one) => isAsked(one, only))) {
      progress(check.id);
      const before = target.exchanges.length;
      const verdict = await verdictOf(check, target);
      results.push({ check, file, verdict, requests: target.exchanges.length - before });
    }
  }
  return results;
}

function isAsked({ requirements }: TargetCheck, only: readonly string[]): boolean {
  return only.length === 0 || requirements.some((id) => only.includes(id));
}

/**
 * What came of one check. What the target does not have is skipped, with the reason, and is never a pass; a gateway that does
 * not answer, or answers what cannot be read, has failed.
 *
 * @requirement HAR-12
 */
export async function verdictOf(check: TargetCheck, target: Target): Promise<Verdict> {
  const lacking = check.needs.map((need) => target.lacks(need)).find((reason) => reason !== undefined);
  if (lacking !== undefined) return { status: "skip", detail: lacking };
  try {
    return await check.run(target);
  } catch (error) {
    return thrownVerdict(error);
  }
}

/** @requirement HAR-12 */
export function thrownVerdict(error: unknown): Verdict {
  const detail = error instanceof Error ? error.message : String(error);
  return { status: error instanceof NotAskable ? "skip" : "fail", detail };
}

/** A result as the report has checks: a check over HTTP is a case, and each request an input. */
export function checkResultOf({ check, file, verdict, requests }: TargetResult): CheckResult {
  const { id, title, requirements } = check;
  const detail = verdict.status === "pass" ? {} : { detail: verdict.detail.slice(0, 20_000) };
  const base = { id, kind: "case" as const, title: title.slice(0, 500), requirements: [...requirements], file, row: 1 };
  return { ...base, status: verdict.status, inputs: requests, ...detail };
}
