import { sha256 } from "./gather-input.js";
import type { Entry, ExecutionEnd, OutputFilter } from "./ports.js";
import type { Submission, Verdict } from "./submission.js";

/** What is recorded before anything runs, and of every refusal. The command is filtered on its way. */
export async function intentEntry(
  executionId: string,
  submission: Submission,
  { subject, input, decision, phase }: Verdict,
  filter: OutputFilter,
): Promise<Entry> {
  return {
    kind: "intent",
    execution_id: executionId,
    channel: submission.channel,
    subject: subject ?? "unknown",
    approval_id: submission.approvalId,
    approvers: input?.approval?.approvers ?? [],
    token_id: input?.token?.jti ?? null,
    action: input === null ? null : await filter.action(input.action),
    bundle_sha256: input?.bundle_sha256 ?? null,
    isolation: input?.isolation ?? null,
    decision: decision.allow && phase === null ? "allow" : "deny",
    violations: decision.violations,
    obligations: decision.obligations,
  };
}

/** What is recorded when it is over. The hashes cover what was let out, not what came in. */
export function endEntry(executionId: string, end: ExecutionEnd): Entry {
  const ran = end.outcome !== "not_started";
  return {
    kind: "end",
    execution_id: executionId,
    outcome: end.outcome,
    exit_code: end.exitCode,
    signal: end.signal,
    duration_ms: Math.round(end.durationMs),
    stdout_sha256: ran ? sha256(end.stdout) : null,
    stderr_sha256: ran ? sha256(end.stderr) : null,
    output_bytes: end.stdout.length + end.stderr.length,
  };
}
