import type { Clock } from "../../model/index.js";
import type { FastRefusal } from "../fast-refusal.js";
import { waitMs } from "../rate-window.js";

/** Most counters and nonces that are kept; the oldest go first. */
const maxKept = 100_000;

/** Fast refusal in this process's memory. */
export function createMemoryRefusal(clock: Clock): FastRefusal {
  const counts = new Map<string, number>();
  const nonces = new Map<string, number>();
  return {
    waitMs: async (who, limits, nowMs) => {
      const asked = limits.map((limit) => {
        const window = Math.floor(nowMs / limit.window_ms);
        const key = (n: number) => JSON.stringify([who, limit.window_ms, n]);
        const current = (counts.get(key(window)) ?? 0) + 1;
        const wait = waitMs(counts.get(key(window - 1)) ?? 0, current, nowMs % limit.window_ms, limit);
        return { key: key(window), current, wait };
      });
      const wait = Math.max(0, ...asked.map((one) => one.wait ?? 0));
      if (wait > 0) return wait;
      for (const { key, current } of asked) keep(counts, key, current);
      return null;
    },
    seen: async (nonce) => (nonces.get(nonce) ?? 0) > clock.nowMs(),
    remember: async (nonce, ttlMs) => keep(nonces, nonce, clock.nowMs() + ttlMs),
    isThere: () => true,
    [Symbol.asyncDispose]: async () => undefined,
  };
}

function keep(map: Map<string, number>, key: string, value: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= maxKept) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}
