import type { Decision, Place, RequestInput, Violation } from "../model/index.js";
import type { ExecutionEnd } from "./ports.js";

/** Something that wants to run, as it came in. */
export type Submission = {
  readonly channel: string;
  /** A string is parsed; a list is an argv already. */
  readonly command: string | readonly string[];
  readonly profile: string;
  readonly cwd: string;
  readonly workspace: string;
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: Uint8Array | null;
  readonly limits: RequestInput["action"]["limits"];
  readonly credential: unknown;
  readonly approvalId: string | null;
  readonly task: string | null;
};

/** A violation with the line of policy that objected; a refusal by the gate itself has none. */
export type CitedViolation = Violation & { readonly place: Place | null };

/** What stopped it: the parser, the rules, or the gate itself (stores, recording, executor). */
export type RefusalPhase = "parse" | "policy" | "gate";

/** A refusal: nothing ran. */
export type Refused = {
  readonly kind: "refused";
  readonly executionId: string;
  readonly phase: RefusalPhase;
  readonly violations: readonly CitedViolation[];
};

/** It ran to some end. */
export type Finished = {
  readonly kind: "finished";
  readonly executionId: string;
  readonly end: ExecutionEnd;
};

export type Outcome = Refused | Finished;

/** What would be decided, without anything being opened, recorded or run. */
export type Verdict = {
  readonly phase: RefusalPhase | null;
  /** Who asked; null where no credential was good. */
  readonly subject: string | null;
  readonly input: RequestInput | null;
  readonly decision: Decision;
  readonly violations: readonly CitedViolation[];
};
