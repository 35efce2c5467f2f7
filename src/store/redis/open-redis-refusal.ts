import { createClient } from "redis";
import type { FastRefusal } from "../fast-refusal.js";
import { once } from "../once.js";
import { type RateLimit, waitMs } from "../rate-window.js";

/** What is not answered within this many milliseconds has no opinion. */
const patienceMs = 100;

/**
 * Fast refusal that every gateway process shares, in Redis. It need not be there: until it is, nothing is refused here.
 *
 * @param prefix - of every key, such as `lockkeeper:`
 */
export function openRedisRefusal(url: string, prefix = "lockkeeper:"): FastRefusal {
  const client = createClient({
    url,
    // What cannot be asked now is not asked later either.
    disableOfflineQueue: true,
    socket: { connectTimeout: 500, reconnectStrategy: (retries) => Math.min(50 * 2 ** retries, 1000) },
  });
  // It connects again by itself; isThere tells meanwhile.
  client.on("error", () => undefined);
  client.connect().catch(() => undefined);

  const ask = async <T>(work: () => Promise<T>, otherwise: T): Promise<T> => {
    if (!client.isReady) return otherwise;
    try {
      return await within(work(), otherwise);
    } catch {
      return otherwise;
    }
  };

  /** Counts one, and takes it back where it was too many: who is refused does not push out who comes later. */
  const count = async (who: string, limits: readonly RateLimit[], nowMs: number): Promise<number | null> => {
    const asked = limits.map((limit) => {
      const window = Math.floor(nowMs / limit.window_ms);
      const key = (n: number) => `${prefix}rate:${limit.window_ms}:${n}:${who}`;
      return { limit, current: key(window), previous: key(window - 1) };
    });
    const counting = client.multi();
    for (const { limit, current, previous } of asked)
      counting
        .incr(current)
        .pExpire(current, 2 * limit.window_ms)
        .get(previous);
    const replies: readonly unknown[] = await counting.exec();
    const waits = asked.map(({ limit }, n) => {
      const [current, previous] = [replies[3 * n], replies[3 * n + 2] ?? 0].map(Number);
      return waitMs(previous ?? 0, current ?? 0, nowMs % limit.window_ms, limit) ?? 0;
    });
    const wait = Math.max(0, ...waits);
    if (wait === 0) return null;
    const taking = client.multi();
    for (const { current } of asked) taking.decr(current);
    await taking.exec();
    return wait;
  };

  return {
    waitMs: (who, limits, nowMs) => ask(() => count(who, limits, nowMs), null),
    seen: (nonce) => ask(async () => (await client.exists(`${prefix}nonce:${nonce}`)) === 1, false),
    remember: async (nonce, ttlMs) => {
      const keep = { condition: "NX", expiration: { type: "PX", value: Math.max(1, Math.ceil(ttlMs)) } } as const;
      await ask(() => client.set(`${prefix}nonce:${nonce}`, "1", keep), null);
    },
    isThere: () => client.isReady,
    [Symbol.asyncDispose]: once(async () => client.destroy()),
  };
}

/** A value, or something else where it takes too long. */
async function within<T>(value: Promise<T>, otherwise: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(otherwise), patienceMs);
  });
  // What comes too late may also fail too late.
  value.catch(() => undefined);
  return Promise.race([value, late]).finally(() => clearTimeout(timer));
}
