import type { Ledger } from "../gate/index.js";

/** What a crash may have left: executions that were opened and never closed. */
export type Unfinished = { unfinished(): Promise<readonly string[]> };

/**
 * Closes what an earlier process left open as `interrupted`: whatever ran is in the log with an end, and what it took stays
 * taken.
 *
 * @returns the executions that were closed
 */
export async function closeInterrupted(store: Unfinished, ledger: Pick<Ledger, "close">): Promise<readonly string[]> {
  const left = await store.unfinished();
  for (const execution_id of left) await ledger.close(interruptedEnd(execution_id), execution_id, {});
  return left;
}

function interruptedEnd(execution_id: string) {
  return {
    kind: "end",
    execution_id,
    outcome: "interrupted",
    reason: null,
    exit_code: null,
    signal: null,
    duration_ms: 0,
    stdout_sha256: null,
    stderr_sha256: null,
    output_bytes: 0,
    cpu_ms: null,
    memory_peak_bytes: null,
  } as const;
}
