import type fc from "fast-check";
import type { Decision, Entrypoint, parseCommand, verifyAudit } from "../../src/index.js";
import type { PolicyData } from "./policy-data.js";

/** Asks the real engine; every question is counted, and a seeded sample is asked of the interpreter as well. */
export type Decide = (entrypoint: Entrypoint, input: unknown) => Decision;

/** What an attack may use. */
export type AttackContext = {
  readonly decide: Decide;
  /** The product's parser of command strings. */
  readonly parse: typeof parseCommand;
  /** The product's verifier of the audit. */
  readonly verify: typeof verifyAudit;
  /** The policy data in force. */
  readonly data: PolicyData;
};

/**
 * A claim that must hold for every generated input. The property throws when it does not; the runner gives it a seed,
 * and reports seed, path and the shrunk input.
 */
export type Attack = {
  /** The file's name: the claim in kebab-case. */
  readonly id: string;
  readonly claim: string;
  readonly requirements: readonly string[];
  /** The attack's share of the run's inputs. */
  readonly weight: number;
  property(context: AttackContext): fc.IRawProperty<unknown>;
};

/** Fails a property with both sides of the disagreement. */
export function claim(holds: boolean, message: () => string): void {
  if (!holds) throw new Error(message());
}

/** The ids of the rules that refuse, sorted and without doubles. */
export function rulesOf(decision: Decision): string[] {
  return [...new Set(decision.violations.map((violation) => violation.rule))].sort();
}
