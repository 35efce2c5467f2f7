import { emptyHead } from "../../audit/index.js";
import type { Opened, Takings } from "../../gate/index.js";
import type { Clock } from "../../model/index.js";
import { type Call, type Outcome, planCalls } from "../batch/calls.js";
import { forget, unusedQuota, usageFacts } from "../batch/quota-state.js";
import { nothingTaken } from "../batch/takings-state.js";

/**
 * Takings in this process's memory: for one process, and for as long as it lives. Every method is atomic because it
 * runs to its end without waiting.
 */
export function createMemoryTakings(clock: Clock): Takings {
  const sinceS = Math.floor(clock.nowMs() / 1000);
  const state = nothingTaken();
  const carryOut = (call: Call): Opened => {
    const [outcome]: readonly (Outcome<Opened> | undefined)[] = planCalls([call], emptyHead(""), state, 0).outcomes;
    if (outcome?.ok) return outcome.value;
    throw outcome?.error;
  };

  return {
    sinceS: async () => sinceS,
    seen: async (nonce) => state.nonces.has(nonce),
    usage: async (keys, nowMs) =>
      keys.map(({ key, window_ms }) => {
        const quota = state.quotas.get(key) ?? unusedQuota();
        forget(quota, window_ms, nowMs);
        return usageFacts(quota.total, quota.uses.find(({ amount }) => amount > 0)?.atMs, window_ms);
      }),
    take: async (opening) => carryOut({ kind: "take", opening }),
    settle: async (executionId, actuals) => {
      carryOut({ kind: "settle", executionId, actuals });
    },
  };
}
