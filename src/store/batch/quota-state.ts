import type { Consumption, UsageFacts } from "../../model/index.js";

/** What was taken from a key at one moment. */
export type Use = { readonly atMs: number; amount: number };

/**
 * What is taken from one key. A store loads only those uses that may leave their window before it writes.
 *
 * INVARIANT: `total` is the sum of all uses after `goneMs`, also of those that are not loaded.
 */
export type QuotaState = {
  total: number;
  /** Uses up to here no longer count; nothing is taken at or before it any more. */
  goneMs: number;
  /** In order of time. */
  readonly uses: Use[];
};

/** The state of a key that nobody has taken from. */
export function unusedQuota(): QuotaState {
  return { total: 0, goneMs: 0, uses: [] };
}

/** Into how many grains a window is divided, at least: what bounds the uses that are kept of a key. */
const grainsPerWindow = 4096;

/**
 * The moment at which a use counts as taken: the end of its grain of time, the window's 4 096th part. Rounding up, a use
 * counts at most that much longer and never shorter; windows under 8 s are exact to the millisecond.
 *
 * @requirement MEX-03
 */
export function grainEnd(nowMs: number, windowMs: number): number {
  const grainMs = Math.max(1, Math.floor(windowMs / grainsPerWindow));
  return Math.ceil(nowMs / grainMs) * grainMs;
}

/** Forgets what has left the window. Time does not go back: a later call with an earlier time forgets nothing. */
export function forget(quota: QuotaState, windowMs: number, nowMs: number): void {
  const { uses } = quota;
  let gone = 0;
  for (; gone < uses.length; gone++) {
    const use = uses[gone];
    if (use === undefined || use.atMs + windowMs > nowMs) break;
    quota.total -= use.amount;
    quota.goneMs = Math.max(quota.goneMs, use.atMs);
  }
  uses.splice(0, gone);
}

/**
 * Whether this much more would go over the limit.
 *
 * @requirement MEX-03
 */
export function isOver(quota: QuotaState, { amount, limit }: Consumption): boolean {
  return quota.total + amount > limit;
}

/** Adds to what is used, or with a negative amount takes off. What is gone already stays gone. */
export function addUse(quota: QuotaState, atMs: number, amount: number): void {
  quota.total += amount;
  const { uses } = quota;
  const before = uses.findLastIndex((use) => use.atMs <= atMs);
  const use = uses[before];
  if (use?.atMs === atMs) use.amount += amount;
  else uses.splice(before + 1, 0, { atMs, amount });
}

/**
 * What is used, and when the first use leaves the window; null where there is none.
 *
 * @param firstMs - of the uses that count and are more than nothing, the first
 * @requirement MEX-03
 */
export function usageFacts(used: number, firstMs: number | undefined, windowMs: number): UsageFacts {
  return { used, frees_at_ms: firstMs === undefined ? null : firstMs + windowMs };
}
