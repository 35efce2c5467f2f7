import type { Consumption } from "../../model/index.js";

/** One amount taken from a key, at a moment. What was really used replaces it once that is known. */
export type Use = { readonly atMs: number; amount: number };

/** A key, and for how long a use of it counts. */
type Window = Pick<Consumption, "key" | "window_ms">;

/**
 * Amounts taken from keys, in this process's memory. Windows slide: a use counts for `window_ms` from the moment it was
 * taken, and is forgotten when the next one is taken after that.
 *
 * @requirement MEX-03
 */
export function createQuotaBook() {
  const uses = new Map<string, readonly Use[]>();
  const counted = ({ key, window_ms }: Window, nowMs: number): readonly Use[] =>
    uses.get(key)?.filter((use) => use.atMs + window_ms > nowMs) ?? [];
  const used = (window: Window, nowMs: number) => counted(window, nowMs).reduce((sum, use) => sum + use.amount, 0);
  return {
    /** What is used of a key, and when the first use of it leaves its window; null where there is none. */
    usage: (window: Window, nowMs: number) => {
      const [first] = counted(window, nowMs);
      const frees_at_ms = first === undefined ? null : first.atMs + window.window_ms;
      return { used: used(window, nowMs), frees_at_ms };
    },
    /** Whether one more would go over its limit. */
    isOver: (asked: Consumption, nowMs: number) => used(asked, nowMs) + asked.amount > asked.limit,
    take: (asked: Consumption, nowMs: number): Use => {
      const use: Use = { atMs: nowMs, amount: asked.amount };
      uses.set(asked.key, [...counted(asked, nowMs), use]);
      return use;
    },
  };
}
