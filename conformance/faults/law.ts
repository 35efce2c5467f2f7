import type { Report, Rung } from "../../src/index.js";
import type { Judge } from "./sound-world.js";

/** What a right judge makes of one situation. */
export type VerdictLaw = { readonly id: string; readonly title: string; holds(judge: Judge): boolean };

/** Whether a run fails with this code, and says why first. */
export function fails(report: Report, exitCode: number): boolean {
  const [first] = report.reasons;
  return report.verdict === "FAIL" && report.exit_code === exitCode && first?.exit_code === exitCode;
}

/** Whether a run passes. */
export function passes(report: Report): boolean {
  return report.verdict === "PASS" && report.exit_code === 0 && report.reasons.length === 0;
}

/** Whether a report says that a requirement lacks a rung, and fails for it. */
export function lacks(report: Report, rung: Rung, id = "SND-1"): boolean {
  const one = report.requirements.find((each) => each.id === id);
  if (one === undefined || report.verdict !== "FAIL" || one.status === "pass" || one.status === "waived") return false;
  return !one.reached.includes(rung) && one.gaps.some((gap) => gap.startsWith(`${rung}: `));
}
