import type { Decision } from "../../src/index.js";
import type { SpecCase } from "../spec/index.js";

/** What came of a case's input, whichever way it was asked. */
export type Observation = {
  readonly decision: "allow" | "deny";
  readonly phase: string | null;
  readonly rules: readonly string[];
  readonly offset?: number;
  /** Standard output, where it ran. */
  readonly stdout?: string;
  readonly treatment?: string;
  /** What happened that must not: a side effect of something refused, a run that changed the workspace. */
  readonly sideEffect?: string;
  /** Why an allowed command was not run here. */
  readonly notRun?: string;
};

/** Sees a decision as a case does. */
export function observeDecision({ allow, violations, obligations }: Decision): Observation {
  const rules = [...new Set(violations.map(({ rule }) => rule))].sort();
  const base = { decision: allow ? ("allow" as const) : ("deny" as const), phase: allow ? null : "policy", rules };
  return obligations.filter === null ? base : { ...base, treatment: obligations.filter.treatment };
}

/**
 * Compares what came with what the case expects.
 *
 * @returns one sentence per difference; none where the case holds
 */
export function differences({ expect }: Pick<SpecCase, "expect">, seen: Observation): string[] {
  const found: string[] = [];
  const differ = (what: string, wanted: unknown, got: unknown) => {
    if (wanted === undefined || JSON.stringify(wanted) === JSON.stringify(got)) return;
    found.push(`${what}: expected ${JSON.stringify(wanted)}, got ${JSON.stringify(got)}`);
  };
  differ("decision", expect.decision, seen.decision);
  differ("phase", expect.phase, seen.phase ?? undefined);
  differ("violations", expect.violations === undefined ? undefined : [...expect.violations].sort(), seen.rules);
  differ("offset", expect.offset, seen.offset);
  differ("treatment", expect.treatment, seen.treatment);
  if (seen.notRun === undefined && expect.decision === "allow") differ("stdout", expect.stdout, seen.stdout);
  if (seen.sideEffect !== undefined) found.push(seen.sideEffect);
  return found;
}
