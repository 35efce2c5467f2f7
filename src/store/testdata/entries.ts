import type { Opening } from "../../gate/index.js";
import type { EndEntry, Entry, IntentEntry } from "../../model/index.js";

/** What was decided before an execution ran. */
export function intent(executionId: string, over: Partial<IntentEntry> = {}): Entry {
  return {
    kind: "intent",
    execution_id: executionId,
    channel: "gateway",
    subject: "agent-1",
    approval_id: null,
    approvers: [],
    token_id: null,
    action: null,
    command: "echo test",
    bundle_sha256: null,
    isolation: null,
    decision: "allow",
    violations: [],
    obligations: { run: null, limits: null, isolation: { profile: null, requires: [] }, consume: [], filter: null },
    ...over,
  };
}

/** How an execution ended. */
export function end(executionId: string, over: Partial<EndEntry> = {}): Entry {
  return {
    kind: "end",
    execution_id: executionId,
    outcome: "exited",
    reason: null,
    exit_code: 0,
    signal: null,
    duration_ms: 12,
    stdout_sha256: null,
    stderr_sha256: null,
    output_bytes: 5,
    cpu_ms: 3,
    memory_peak_bytes: null,
    ...over,
  };
}

/** What an execution asks to be taken. */
export function opening(executionId: string, over: Partial<Opening> = {}): Opening {
  return { executionId, nowMs: 1_000_000, nonce: null, approvalUse: null, reservations: [], ...over };
}
