import type { Entry } from "../model/index.js";
import { sha256 } from "./gather-input.js";
import type { ExecutionEnd, OutputFilter } from "./ports.js";
import type { Submission, Verdict } from "./submission.js";

/** What is recorded before anything runs, and of every refusal. The command is filtered on its way. */
export function intentEntry(
  executionId: string,
  submission: Pick<Submission, "channel" | "command" | "approvalId">,
  { subject, input, decision, phase }: Verdict,
  filter: OutputFilter,
): Entry {
  return {
    kind: "intent",
    execution_id: executionId,
    channel: submission.channel,
    subject: subject ?? "unknown",
    approval_id: submission.approvalId,
    approvers: input?.approval?.approvers ?? [],
    token_id: input?.token?.jti ?? null,
    action: input === null ? null : filter.action(input.action),
    command: filter.text(commandText(submission.command)),
    bundle_sha256: input?.bundle_sha256 ?? null,
    isolation: input?.isolation ?? null,
    decision: decision.allow && phase === null ? "allow" : "deny",
    violations: decision.violations,
    obligations: decision.obligations,
  };
}

/** What is recorded when it is over. The hashes cover what was let out, not what came in. */
export function endEntry(executionId: string, end: ExecutionEnd, reason: string | null): Entry {
  const ran = end.outcome !== "not_started";
  return {
    kind: "end",
    execution_id: executionId,
    outcome: end.outcome,
    reason,
    exit_code: end.exitCode,
    signal: end.signal,
    duration_ms: Math.round(end.durationMs),
    stdout_sha256: ran ? sha256(end.stdout) : null,
    stderr_sha256: ran ? sha256(end.stderr) : null,
    output_bytes: end.stdout.length + end.stderr.length,
    cpu_ms: end.cpuMs === null ? null : Math.ceil(end.cpuMs),
    memory_peak_bytes: end.memoryPeakBytes,
  };
}

/** Longest command that is kept as it was written, in UTF-16 units; what is longer is refused anyway. */
const maxText = 16_384;

/** An argv is told as JSON, which keeps its words apart. */
function commandText(command: string | readonly string[]): string {
  return (typeof command === "string" ? command : JSON.stringify(command)).slice(0, maxText).toWellFormed();
}
