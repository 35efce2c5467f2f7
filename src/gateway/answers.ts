import type { CitedViolation, ExecutionEnd, Outcome } from "../gate/index.js";
import { type ErrorCode, errorCodes } from "../model/index.js";
import type { RefusalReason } from "../token/index.js";
import type { ExecuteAnswer, Extra } from "./contracts.js";

/**
 * What a refusal says of the credential, by the rule or code that objected. What is not listed is about the request.
 *
 * @requirement EXE-12
 */
function reasonFor(rule: string): RefusalReason | undefined {
  switch (rule) {
    case "token/missing":
      return "missing";
    case "token/malformed":
      return "malformed";
    case "token/forged":
    case "token/wrong_type":
    case "token/wrong_issuer":
    case "token/wrong_audience":
    case "token/lifetime_too_long":
      return "forged";
    case "token/expired":
      return "expired";
    case "token/not_yet_valid":
    case "token/issued_in_future":
      return "not_yet_valid";
    case "token/wrong_subject":
    case "token/wrong_binding":
    case "token/approval_mismatch":
    case "token/command_mismatch":
    case "token/bundle_mismatch":
      return "wrong_binding";
    case "token/revoked":
    case "approval/revoked":
      return "revoked";
    case "token/replay":
    case "token/replayed":
    case "token/issued_before_store":
    case "gate/replay":
      return "replay";
  }
  return undefined;
}

/** Why the credential was refused; undefined where it was not the credential. */
export function reasonOf(violations: readonly Pick<CitedViolation, "rule">[]): RefusalReason | undefined {
  return violations.map(({ rule }) => reasonFor(rule)).find((reason) => reason !== undefined);
}

/** Reasons that are answered with 401: who holds such a token has shown nothing. A good token for something else is 403. */
const unauthenticated: ReadonlySet<RefusalReason | undefined> = new Set([
  "missing",
  "malformed",
  "forged",
  "expired",
  "not_yet_valid",
  "replay",
]);

/** The HTTP status that one violation asks for. */
export function statusOf({ rule, detail }: Pick<CitedViolation, "rule" | "detail">): number {
  if (unauthenticated.has(reasonFor(rule))) return 401;
  if (rule === "quota/exceeded" || rule === "gate/quota") return detail.resource === "executions" ? 429 : 403;
  return isErrorCode(rule) ? errorCodes[rule].status : 403;
}

function isErrorCode(rule: string): rule is ErrorCode {
  return Object.hasOwn(errorCodes, rule);
}

/** The violation that the answer is about: what the caller can do nothing about first, then who they are, then rates. */
export function leading(violations: readonly CitedViolation[]): CitedViolation | undefined {
  const order = (status: number) => [503, 500, 401, 400, 413, 415, 429].indexOf(status);
  const rank = (violation: CitedViolation) => {
    const at = order(statusOf(violation));
    return at === -1 ? 100 : at;
  };
  return [...violations].sort((left, right) => rank(left) - rank(right))[0];
}

/** Whole seconds until a rate frees, from 1; undefined where nobody knows. */
export function retryAfterS({ detail }: Pick<CitedViolation, "detail">, nowMs: number): number | undefined {
  const { frees_at_ms: freesAtMs } = detail;
  return typeof freesAtMs === "number" ? Math.max(1, Math.ceil((freesAtMs - nowMs) / 1000)) : undefined;
}

/** Status and body of the answer to an execution. */
export type Answer = { readonly status: number; readonly body: ExecuteAnswer; readonly retryAfterS?: number };

/** Turns an outcome into what the caller is told. */
export function answerOf(outcome: Outcome, include: readonly Extra[], nowMs: number): Answer {
  return outcome.kind === "finished"
    ? { status: 200, body: finishedBody(outcome.executionId, outcome.end, new Set(include)) }
    : refusedAnswer(outcome.executionId, outcome.violations, new Set(include), nowMs);
}

/** @requirement EXE-01 */
function finishedBody(execution_id: string, end: ExecutionEnd, include: ReadonlySet<Extra>): ExecuteAnswer {
  const success = end.outcome === "exited" && end.exitCode === 0;
  const output = text(end.stdout).replace(/\r?\n$/, "");
  const result = success ? { success, output, execution_id } : { ...failedBody(end, output), execution_id };
  return {
    ...result,
    ...(include.has("stdout") ? exactly(end.stdout) : {}),
    ...(include.has("duration_ms") ? { duration_ms: Math.round(end.durationMs) } : {}),
    ...(include.has("violations") ? { violations: [] } : {}),
  };
}

const failures: Readonly<Record<string, string>> = {
  exited: "The command failed",
  signalled: "The command was ended by a signal",
  timeout: "The command took too long",
  output_limit: "The command wrote too much",
  stopped: "The command was stopped",
  interrupted: "The command was interrupted",
};

/** @requirement EXE-13 */
function failedBody({ outcome, exitCode, stderr }: ExecutionEnd, output: string) {
  const error = failures[outcome] ?? "The command did not run";
  return { success: false, error, outcome, exit_code: exitCode, stderr: text(stderr), output };
}

/** Output as text; what is not UTF-8 shows as replacement characters, and its bytes are there on request. */
function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}

/** The exact bytes: as text where they are UTF-8, in base64 where they are not. */
function exactly(bytes: Uint8Array): Pick<ExecuteAnswer, "stdout" | "stdout_base64"> {
  const asText = text(bytes);
  if (Buffer.from(asText).equals(bytes)) return { stdout: asText };
  return { stdout_base64: Buffer.from(bytes).toString("base64") };
}

function refusedAnswer(
  execution_id: string,
  violations: readonly CitedViolation[],
  include: ReadonlySet<Extra>,
  nowMs: number,
): Answer {
  const first = leading(violations);
  const { rule = "internal/bug", message = errorCodes["internal/bug"].text } = first ?? {};
  const told = include.has("violations") ? { violations: violations.map(shown) } : {};
  const seconds = first === undefined ? undefined : retryAfterS(first, nowMs);
  return {
    status: first === undefined ? 500 : statusOf(first),
    body: { success: false, error: message, code: rule, execution_id, ...told },
    ...(seconds === undefined ? {} : { retryAfterS: seconds }),
  };
}

/** A violation with the line of policy that objected, where it is known. */
export function shown({ rule, message, requirements, detail, place }: CitedViolation) {
  const at = place === null ? {} : { file: place.file, ...(place.row === undefined ? {} : { row: place.row }) };
  return { rule, message, requirements, detail, ...at };
}
