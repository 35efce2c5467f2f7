import { type ErrorCode, errorCodes, refusal } from "../model/index.js";
import type { CitedViolation, RefusalPhase, Refused, Verdict } from "./submission.js";

/** A refusal by the parser or by the gate itself, under an error code in place of a rule's id. */
export function refusedBy(
  phase: RefusalPhase,
  code: ErrorCode,
  message: string = errorCodes[code].text,
  detail: Record<string, unknown> = {},
): Verdict {
  const decision = refusal(code, message);
  const violations = decision.violations.map((item) => ({ ...item, detail }));
  return {
    phase,
    subject: null,
    input: null,
    decision: { ...decision, violations },
    violations: violations.map(uncited),
  };
}

/** The answer to who submitted. */
export function refusedOutcome(executionId: string, { phase, violations }: Verdict): Refused {
  return { kind: "refused", executionId, phase: phase ?? "gate", violations };
}

function uncited(violation: Omit<CitedViolation, "place">): CitedViolation {
  return { ...violation, place: null };
}
