import type { Opening, Takings } from "../../gate/index.js";
import type { Clock } from "../../model/index.js";
import { createQuotaBook, type Use } from "./quota-book.js";

/**
 * Takings in this process's memory: for one process, and for as long as it lives. Every method is atomic because it
 * runs to its end without waiting.
 */
export function createMemoryTakings(clock: Clock): Takings {
  const sinceS = Math.floor(clock.nowMs() / 1000);
  const nonces = new Set<string>();
  const approvals = new Set<string>();
  const quotas = createQuotaBook();
  const open = new Map<string, ReadonlyMap<string, Use>>();

  return {
    sinceS: async () => sinceS,
    seen: async (nonce) => nonces.has(nonce),
    usage: async (keys, nowMs) => keys.map((window) => quotas.usage(window, nowMs)),
    take: async ({ executionId, nowMs, nonce, approvalUse, reservations }: Opening) => {
      if (open.has(executionId)) throw new Error("this execution is open already");
      if (nonce !== null && nonces.has(nonce)) return { kind: "lost", which: "nonce", key: nonce };
      if (approvalUse !== null && approvals.has(approvalUse))
        return { kind: "lost", which: "approval", key: approvalUse };
      const over = reservations.find((asked) => quotas.isOver(asked, nowMs));
      if (over !== undefined) return { kind: "lost", which: "quota", key: over.key };
      if (nonce !== null) nonces.add(nonce);
      if (approvalUse !== null) approvals.add(approvalUse);
      open.set(executionId, new Map(reservations.map((asked) => [asked.key, quotas.take(asked, nowMs)])));
      return { kind: "opened" };
    },
    settle: async (executionId, actuals) => {
      const taken = open.get(executionId);
      if (taken === undefined) throw new Error("this execution is not open");
      open.delete(executionId);
      for (const [key, use] of taken) {
        const actual = actuals[key];
        // What was used can only be less than what was reserved at its worst.
        if (actual !== undefined) use.amount = Math.min(use.amount, actual);
      }
    },
  };
}
