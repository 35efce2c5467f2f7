import { emptyHead } from "../../audit/index.js";
import type { Opened, Takings } from "../../gate/index.js";
import type { Clock } from "../../model/index.js";
import { type Call, type Outcome, planCalls } from "../batch/calls.js";
import { isIdle, prunableBeforeMs, pruneRows, sinceAfter } from "../batch/pruning.js";
import { forget, unusedQuota, usageFacts } from "../batch/quota-state.js";
import { nothingTaken } from "../batch/takings-state.js";

/** Takings that can forget what counts no more. */
export interface MemoryTakings extends Takings {
  /** Forgets some of what can count no more. @returns whether there is more of it now */
  prune(nowMs: number): Promise<boolean>;
}

/**
 * Takings in this process's memory: for one process, and for as long as it lives. Every method is atomic because it
 * runs to its end without waiting.
 */
export function createMemoryTakings(clock: Clock): MemoryTakings {
  let sinceS = Math.floor(clock.nowMs() / 1000);
  const state = nothingTaken();
  /** When each nonce was taken, in that order, and over which window each quota counts. */
  const takenMs = new Map<string, number>();
  const windowsMs = new Map<string, number>();
  const carryOut = (call: Call): Opened => {
    const plan = planCalls([call], emptyHead(""), state, 0);
    for (const [nonce, atMs] of plan.changes.nonces) takenMs.set(nonce, atMs);
    for (const [key, { windowMs }] of plan.changes.uses) if (windowMs !== null) windowsMs.set(key, windowMs);
    const [outcome]: readonly (Outcome<Opened> | undefined)[] = plan.outcomes;
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
    prune: async (nowMs) => {
      const beforeMs = prunableBeforeMs(nowMs);
      const old = [...takenMs].filter(([, atMs]) => atMs < beforeMs).slice(0, pruneRows);
      for (const [nonce, atMs] of old) {
        state.nonces.delete(nonce);
        takenMs.delete(nonce);
        sinceS = Math.max(sinceS, sinceAfter(atMs));
      }
      const held = new Set([...state.open.values()].flatMap((holds) => holds.map(({ key }) => key)));
      for (const [key, { uses }] of state.quotas) {
        if (held.has(key) || !isIdle(uses.at(-1)?.atMs ?? null, windowsMs.get(key) ?? 0, beforeMs)) continue;
        state.quotas.delete(key);
        windowsMs.delete(key);
      }
      return old.length === pruneRows;
    },
  };
}
