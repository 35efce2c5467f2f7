import type { Report } from "../../src/index.js";
import type { Need, Target } from "./target.js";

/** What came of a check. */
export type Verdict =
  | { readonly status: "pass" }
  | { readonly status: "skip"; readonly detail: string }
  /** `bypass` where something ran, or was given, that must not be. */
  | { readonly status: "fail"; readonly detail: string; readonly bypass?: true };

/** One thing that is asked of a gateway. */
export type TargetCheck = {
  /** Permanent; theme and number, such as `http-tokens-012`. */
  readonly id: string;
  /** A claim about the gateway. */
  readonly title: string;
  readonly requirements: readonly string[];
  /** A twin shows that the gateway does let through what it should: without twins, one that refuses everything would pass. */
  readonly twin?: true;
  /** What a target must have to be asked; where it does not, the check is skipped, and says why. */
  readonly needs: readonly Need[];
  run(target: Target): Promise<Verdict>;
};

/** A theme: its checks, and the file that they stand in. */
export type TargetSuite = { readonly file: string; readonly checks: readonly TargetCheck[] };

/** A check that was run. */
export type TargetResult = {
  readonly check: TargetCheck;
  readonly file: string;
  readonly verdict: Verdict;
  /** Requests that it sent. */
  readonly requests: number;
};

/** How many checks had which status. */
export function countsOf(results: readonly TargetResult[]): Readonly<Record<Verdict["status"], number>> {
  const count = (status: Verdict["status"]) => results.filter(({ verdict }) => verdict.status === status).length;
  return { pass: count("pass"), fail: count("fail"), skip: count("skip") };
}

/** How many attempts got through, out of how many were made. */
export function bypassesOf(results: readonly TargetResult[]): { readonly attempts: number; readonly bypasses: number } {
  const made = results.filter(({ check, verdict }) => check.twin !== true && verdict.status !== "skip");
  const through = made.filter(({ verdict }) => verdict.status === "fail" && verdict.bypass === true);
  return { attempts: made.length, bypasses: through.length };
}

/** The share of attempts that were blocked, as a benchmark records figures. */
export type BypassFigure = {
  readonly name: string;
  /** 0 where it is skipped. */
  readonly value: number;
  readonly unit: string;
  readonly bar: string;
  readonly met?: boolean;
  readonly skipped?: string;
};

/**
 * Counts the attempts of a run that were blocked; where none was made there is no share.
 *
 * @requirement EXE-22
 */
export function bypassFigure(results: readonly TargetResult[]): BypassFigure {
  const { attempts, bypasses } = bypassesOf(results);
  const base = { name: "bypass attempts over HTTP that are blocked", unit: "%", bar: "100 %" };
  if (attempts === 0) return { ...base, value: 0, skipped: "no attempt was made" };
  return { ...base, value: (100 * (attempts - bypasses)) / attempts, met: bypasses === 0 };
}

export const passed: Verdict = { status: "pass" };
export const failed = (detail: string): Verdict => ({ status: "fail", detail });
export const bypassed = (detail: string): Verdict => ({ status: "fail", detail, bypass: true });

/** A name for what is judged in a report. */
export type TargetProduct = Report["product"];
