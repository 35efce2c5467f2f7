import type { ErrorCode, Problem } from "../model/index.js";

/** Why a credential was refused: the label of the security counter, and the word in the log. */
export const refusalReasons = [
  "missing",
  "malformed",
  "forged",
  "expired",
  "not_yet_valid",
  "wrong_binding",
  "revoked",
  "replay",
] as const;
export type RefusalReason = (typeof refusalReasons)[number];

/**
 * A refusal with its reason. The message is for the log and never quotes the token; what the caller is told is the text
 * of the code in the table of error codes.
 *
 * @requirement EXE-12
 */
export function refused(reason: RefusalReason, message: string): { readonly ok: false; readonly error: Problem } {
  return { ok: false, error: { code: `token/${reason}`, message } };
}

/**
 * The reason that a code stands for, or undefined where it is no refusal of a token.
 *
 * @requirement EXE-12
 */
export function refusalReasonOf(code: ErrorCode): RefusalReason | undefined {
  return refusalReasons.find((reason) => code === `token/${reason}`);
}
