import type {
  CheckResult,
  Method,
  Problem,
  ProofResult,
  ProofState,
  Report,
  Requirement,
  Rung,
  Waiver,
} from "../../src/index.js";
import type { CitedPlace } from "../evidence/index.js";

/** The rung that a version demands of each method. Where a rule is cited, `rule` counts, else `code`. */
export type DemandedRungs = {
  readonly mutation: { readonly rule: Rung; readonly code: Rung };
} & { readonly [M in Exclude<Method, "mutation">]: Rung };

/** What this version demands: the top rung of every method. */
export const demandedNow: DemandedRungs = {
  mutation: { rule: "killed", code: "killed" },
  measurement: "within_bound",
  artifact: "valid",
  inspection: "signed",
};

/** Lines of one file that ran while a check was replayed. Rows count from 1, both included. */
export type Execution = {
  /** The check's id. */
  readonly check: string;
  readonly file: string;
  readonly lines: readonly { readonly from: number; readonly to: number }[];
};

/** What recorded proofs say of a requirement, and of each of its places where that is known. */
export type Proof = { readonly requirement: string; readonly state: ProofState; readonly result?: ProofResult };

/** Everything a verdict is made of; the order of no list matters. */
export type VerdictInput = {
  readonly product: Report["product"];
  readonly requirements: readonly Requirement[];
  readonly waivers: readonly Waiver[];
  readonly evidence: readonly CitedPlace[];
  readonly checks: readonly CheckResult[];
  readonly executions: readonly Execution[];
  /** What was cited but points at nothing: each fails the run. */
  readonly problems: readonly Problem[];
  readonly demanded: DemandedRungs;
  /** The day in UTC, `YYYY-MM-DD`: a waiver holds through the day it expires on. */
  readonly today: string;
  readonly profile: string;
  readonly seed: number;
  /** Judge these requirements alone; all where empty. */
  readonly only: readonly string[];
  /** SHA-256 of what went in, by name. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly counts: {
    readonly interpreter_inputs: number;
    readonly disagreements: number;
    readonly bypasses: number;
  };
  readonly proofs?: readonly Proof[];
  /** What got worse against a baseline, one sentence each. */
  readonly regressions?: readonly string[];
};
