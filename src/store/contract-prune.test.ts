import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { end, intent, opening } from "./testdata/entries.js";
import { type OpenStore, type Place, stores } from "./testdata/stores.js";

/** How long a nonce is kept, in milliseconds. */
const keptMs = 25 * 3_600_000;
const startMs = 1_000_000;
const laterMs = startMs + keptMs + 1;

/** What every store promises that forgets what can count no more. */
describe.each(stores)("$name", (kind) => {
  let place: Place;
  let store: OpenStore;
  beforeEach(async () => {
    place = await kind.place();
    store = await place.open("w1");
  });
  afterEach(async () => {
    await store.close();
    await place.discard();
  });

  const open = (id: string, over = {}, by = store) => by.ledger.open(intent(id), opening(id, over));
  const reserve = (key: string, amount: number, limit = 10, window_ms = 500) => ({ key, window_ms, limit, amount });
  const used = async (key: string, nowMs: number) =>
    (await store.ledger.usage([{ key, window_ms: 500 }], nowMs))[0]?.used;
  const rows = async (expected: object) => {
    if (place.rows !== undefined) expect(await place.rows()).toMatchObject(expected);
  };

  // @requirement EXE-04
  it("keeps a nonce until every token that it can be of has expired, and then refuses every token as old", async () => {
    await open("execution-1", { nonce: "token-1", nowMs: startMs });
    await open("execution-2", { nonce: "token-2", nowMs: startMs + 1 });
    expect(await store.prune(startMs + keptMs)).toBe(false);
    expect(await store.ledger.seen("token-1")).toBe(true);
    expect(await store.ledger.sinceS()).toBe(1000);
    expect(await store.prune(laterMs)).toBe(false);
    expect(await store.ledger.seen("token-1")).toBe(false);
    expect(await store.ledger.seen("token-2")).toBe(true);
    // By a clock that was a minute slow the token was issued at 1 060 s, and no later.
    expect(await store.ledger.sinceS()).toBe(1061);
    expect(await open("execution-3", { nonce: "token-2", nowMs: laterMs })).toMatchObject({ which: "nonce" });
    await rows({ nonces: 1 });
  });

  // @requirement EXE-04
  it("refuses a forgotten nonce's token also where the clock had run ahead, and has gone back since", async () => {
    await open("execution-1", { nonce: "token-1", nowMs: startMs });
    await store.prune(startMs + 1000 * keptMs);
    expect(await store.ledger.seen("token-1")).toBe(false);
    // No later than that: tokens of today are good, however far ahead the clock was.
    expect(await store.ledger.sinceS()).toBe(1061);
    await open("execution-2", { nonce: "token-2", nowMs: startMs - 500_000 });
    await store.prune(laterMs);
    expect(await store.ledger.sinceS()).toBe(1061);
  });

  it("forgets a bounded number at once, and says whether there is more", async () => {
    await Promise.all(Array.from({ length: 501 }, (_, n) => open(`execution-${n}`, { nonce: `token-${n}` })));
    expect([await store.prune(laterMs), await store.prune(laterMs), await store.prune(laterMs)]).toEqual([
      true,
      true,
      false,
    ]);
    await rows({ nonces: 0 });
    expect(await store.ledger.seen("token-500")).toBe(false);
  });

  // @requirement MEX-03
  it("keeps a quota while anything of it counts or is reserved, and forgets it whole afterwards", async () => {
    await open("execution-1", { reservations: [reserve("subject:a/x", 4), reserve("subject:b/x", 3)] });
    await store.ledger.close(end("execution-1"), "execution-1", { "subject:a/x": 2 });
    await open("execution-2", { reservations: [reserve("subject:b/x", 5)] });
    await store.prune(startMs + 499 + keptMs);
    expect([await used("subject:a/x", startMs), await used("subject:b/x", startMs)]).toEqual([2, 8]);
    await store.prune(startMs + 500 + keptMs);
    expect([await used("subject:a/x", startMs), await used("subject:b/x", startMs)]).toEqual([0, 8]);
    await rows({ quotas: 1, uses: 1 });
    await store.ledger.close(end("execution-2"), "execution-2", { "subject:b/x": 1 });
    expect(await used("subject:b/x", startMs)).toBe(4);
    await store.prune(startMs + 500 + keptMs);
    await rows({ quotas: 0, uses: 0 });
    expect(await open("execution-3", { reservations: [reserve("subject:b/x", 11)] })).toMatchObject({ which: "quota" });
    expect(await open("execution-4", { reservations: [reserve("subject:b/x", 10)] })).toEqual({ kind: "opened" });
    expect(await used("subject:b/x", startMs)).toBe(10);
  });

  it("looks at all quotas in turn, however many are in use", async () => {
    const busy = Array.from({ length: 260 }, (_, n) => reserve(`subject:busy-${n}/x`, 1));
    await open("execution-1", { nowMs: laterMs, reservations: busy });
    await open("execution-2", { reservations: [reserve("subject:idle/x", 1)] });
    for (const id of ["execution-1", "execution-2"]) await store.ledger.close(end(id), id, {});
    for (let n = 0; n < 15; n++) await store.prune(laterMs + 499);
    await rows({ quotas: 260, uses: 260 });
    for (let n = 0; n < 16; n++) await store.prune(laterMs + 500 + keptMs);
    await rows({ quotas: 0, uses: 0 });
  });

  // @requirement MEX-03
  it.runIf(kind.remembers)("loses nothing that is taken while it forgets, in whichever process", async () => {
    const other = await place.open("w2");
    try {
      for (let round = 0; round < 20; round++) {
        const nowMs = startMs + round * (keptMs + 1000);
        const takes = Array.from({ length: 6 }, (_, n) => {
          const reservations = [reserve("subject:a/x", 1, 4)];
          return open(`execution-${round}-${n}`, { nowMs, reservations }, n % 2 === 0 ? store : other);
        });
        const pruned = [store.prune(nowMs), other.prune(nowMs)];
        const opened = (await Promise.all(takes)).filter(({ kind }) => kind === "opened");
        await Promise.all(pruned);
        expect(opened).toHaveLength(4);
        expect(await used("subject:a/x", nowMs)).toBe(4);
        for (let n = 0; n < 6; n++)
          await store.ledger.close(end(`execution-${round}-${n}`), `execution-${round}-${n}`, {});
      }
    } finally {
      await other.close();
    }
  });

  // @requirement EXE-04
  it.runIf(kind.remembers)("tells another process since when nonces are remembered, with the look at one", async () => {
    const other = await place.open("w2");
    try {
      await open("execution-1", { nonce: "token-1" });
      await store.prune(laterMs);
      expect(await other.ledger.seen("token-1")).toBe(false);
      expect(await other.ledger.sinceS()).toBe(1061);
    } finally {
      await other.close();
    }
  });
});
