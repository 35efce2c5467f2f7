import type { Ledger, Opening } from "../../gate/index.js";
import type { Clock, Consumption } from "../../model/index.js";

/** One amount taken from a key, at a moment. */
type Use = { readonly atMs: number; readonly windowMs: number; amount: number };

/**
 * A ledger in this process's memory: for one process, and for as long as it lives. Every method is atomic because it
 * runs to its end without waiting. Windows slide: a use counts for `window_ms` from the moment it was opened.
 *
 * @requirement MEX-03
 */
export function createMemoryLedger(clock: Clock): Ledger {
  const sinceS = Math.floor(clock.nowMs() / 1000);
  const nonces = new Set<string>();
  const approvals = new Set<string>();
  const uses = new Map<string, Use[]>();
  const open = new Map<string, ReadonlyMap<string, Use>>();

  const inWindow = (key: string, windowMs: number, nowMs: number): readonly Use[] =>
    (uses.get(key) ?? []).filter((use) => use.atMs + windowMs > nowMs);
  const usedOf = (key: string, windowMs: number, nowMs: number) =>
    inWindow(key, windowMs, nowMs).reduce((sum, use) => sum + use.amount, 0);
  const take = ({ key, window_ms, amount }: Consumption, nowMs: number): [string, Use] => {
    const use: Use = { atMs: nowMs, windowMs: window_ms, amount };
    // What has left its own window can go: nobody asks about it again.
    uses.set(key, [...(uses.get(key) ?? []).filter((old) => old.atMs + old.windowMs > nowMs), use]);
    return [key, use];
  };

  return {
    sinceS: async () => sinceS,
    seen: async (nonce) => nonces.has(nonce),
    usage: async (keys, nowMs) =>
      keys.map(({ key, window_ms }) => {
        const counted = inWindow(key, window_ms, nowMs);
        const first = counted[0];
        const used = counted.reduce((sum, use) => sum + use.amount, 0);
        return { used, frees_at_ms: first === undefined ? null : first.atMs + window_ms };
      }),
    open: async ({ executionId, nowMs, nonce, approvalUse, reservations }: Opening) => {
      if (open.has(executionId)) throw new Error("this execution is open already");
      if (nonce !== null && nonces.has(nonce)) return { kind: "lost", which: "nonce", key: nonce };
      if (approvalUse !== null && approvals.has(approvalUse))
        return { kind: "lost", which: "approval", key: approvalUse };
      const over = reservations.find(
        ({ key, window_ms, limit, amount }) => usedOf(key, window_ms, nowMs) + amount > limit,
      );
      if (over !== undefined) return { kind: "lost", which: "quota", key: over.key };
      if (nonce !== null) nonces.add(nonce);
      if (approvalUse !== null) approvals.add(approvalUse);
      open.set(executionId, new Map(reservations.map((reservation) => take(reservation, nowMs))));
      return { kind: "opened" };
    },
    close: async (executionId, actuals) => {
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
