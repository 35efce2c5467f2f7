import type { Call } from "./calls.js";

/** What a store must load before calls can be carried out. Sorted, so that whoever locks in this order never deadlocks. */
export type Needs = {
  readonly nonces: readonly string[];
  readonly approvals: readonly string[];
  readonly executions: readonly string[];
  /** Each key with the moment up to which its uses may leave their window: they are to be loaded. */
  readonly quotas: ReadonlyMap<string, number>;
};

/** What calls need. */
export function needsOf(calls: readonly Call[]): Needs {
  const openings = calls.flatMap((call) => (call.kind === "open" || call.kind === "take" ? [call.opening] : []));
  const endings = calls.flatMap((call) => (call.kind === "close" || call.kind === "settle" ? [call] : []));
  const quotas = new Map<string, number>();
  for (const { actuals } of endings) for (const key of Object.keys(actuals)) quotas.set(key, quotas.get(key) ?? 0);
  for (const { reservations, nowMs } of openings)
    for (const { key, window_ms } of reservations) quotas.set(key, Math.max(quotas.get(key) ?? 0, nowMs - window_ms));
  const executions = [...openings, ...endings].map(({ executionId }) => executionId);
  return {
    nonces: sortedSet(openings.flatMap(({ nonce }) => nonce ?? [])),
    approvals: sortedSet(openings.flatMap(({ approvalUse }) => approvalUse ?? [])),
    executions: sortedSet(executions),
    quotas: new Map([...quotas].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

function sortedSet(values: readonly string[]): readonly string[] {
  return [...new Set(values)].sort();
}
