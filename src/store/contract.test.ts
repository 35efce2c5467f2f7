import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { end, intent, opening } from "./testdata/entries.js";
import { type OpenStore, type Place, stores } from "./testdata/stores.js";

/** What every store that opens and closes executions promises. */
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

  const open = (id: string, over = {}) => store.ledger.open(intent(id), opening(id, over));
  const reserve = (key: string, amount: number, limit: number, window_ms = 500) => ({ key, window_ms, limit, amount });
  const used = async (key: string, nowMs = 1_000_000, window_ms = 500) =>
    (await store.ledger.usage([{ key, window_ms }], nowMs))[0];

  describe("what can be used once", () => {
    // @requirement EXE-04
    it("gives a nonce to exactly one of many who ask at once", async () => {
      const opened = await Promise.all(
        Array.from({ length: 64 }, (_, n) => open(`execution-${n}`, { nonce: "token-1" })),
      );
      expect(opened.filter(({ kind }) => kind === "opened")).toHaveLength(1);
      expect(opened.filter(({ kind }) => kind === "lost")).toHaveLength(63);
      expect(opened[1]).toEqual({ kind: "lost", which: "nonce", key: "token-1" });
      expect(await store.ledger.seen("token-1")).toBe(true);
      expect(await store.ledger.seen("token-2")).toBe(false);
      expect(await open("execution-65", { nonce: "token-2" })).toEqual({ kind: "opened" });
    });

    it("lets an approval be used by one execution", async () => {
      const [first, second] = await Promise.all(
        ["execution-1", "execution-2"].map((id) => open(id, { approvalUse: "approval-1" })),
      );
      expect([first, second]).toEqual([{ kind: "opened" }, { kind: "lost", which: "approval", key: "approval-1" }]);
      expect((await open("execution-3", { approvalUse: "approval-2" })).kind).toBe("opened");
    });

    it("takes nothing from whoever loses, and keeps the intent", async () => {
      const reservations = [reserve("subject:a/x", 1, 1)];
      await open("execution-1", { approvalUse: "approval-1" });
      const lost = await open("execution-2", { nonce: "n", approvalUse: "approval-1", reservations });
      expect(lost).toEqual({ kind: "lost", which: "approval", key: "approval-1" });
      expect(await store.ledger.seen("n")).toBe(false);
      expect(await used("subject:a/x")).toEqual({ used: 0, frees_at_ms: null });
      expect((await store.audit.about("execution-2")).map(({ line }) => JSON.parse(line).kind)).toEqual(["intent"]);
      expect(await open("execution-3", { nonce: "n", reservations })).toEqual({ kind: "opened" });
      expect(await used("subject:a/x")).toEqual({ used: 1, frees_at_ms: 1_000_500 });
    });
  });

  describe("quotas", () => {
    // @requirement MEX-03
    it("never let more through than the limit, whatever is opened and closed in any order", async () => {
      const step = fc.record({
        amount: fc.integer({ min: 0, max: 7 }),
        actual: fc.option(fc.integer({ min: 0, max: 9 })),
        waitMs: fc.nat(60),
      });
      let run = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 20 }), async (steps, limit) => {
          const key = `subject:run-${run++}/x`;
          const windowMs = 100;
          const granted: { atMs: number; amount: number }[] = [];
          let nowMs = 1_000_000;
          for (const [n, { amount, actual, waitMs }] of steps.entries()) {
            const id = `execution-${run}-${n}`;
            nowMs += waitMs;
            const counting = granted.filter((use) => use.atMs + windowMs > nowMs);
            const before = counting.reduce((sum, use) => sum + use.amount, 0);
            const first = counting.find((use) => use.amount > 0);
            const frees_at_ms = first === undefined ? null : first.atMs + windowMs;
            expect(await used(key, nowMs, windowMs)).toEqual({ used: before, frees_at_ms });
            const { kind } = await store.takings.take(
              opening(id, { nowMs, reservations: [reserve(key, amount, limit, windowMs)] }),
            );
            expect(kind).toBe(before + amount <= limit ? "opened" : "lost");
            if (kind === "lost") continue;
            granted.push({ atMs: nowMs, amount: actual === null ? amount : Math.min(amount, actual) });
            await store.takings.settle(id, actual === null ? {} : { [key]: actual });
          }
        }),
        { seed: 3, numRuns: kind.remembers ? 15 : 200 },
      );
    });

    // @requirement MEX-03
    it("are not exceeded by many who ask at once, and full to the brim afterwards", async () => {
      const reservations = [reserve("subject:a/x", 3, 20), reserve("task:t/y", 1, 1000)];
      const opened = await Promise.all(
        Array.from({ length: 32 }, (_, n) => open(`execution-${n}`, { nonce: `n-${n}`, reservations })),
      );
      expect(opened.filter(({ kind }) => kind === "opened")).toHaveLength(6);
      expect(opened.find(({ kind }) => kind === "lost")).toEqual({ kind: "lost", which: "quota", key: "subject:a/x" });
      expect((await used("subject:a/x"))?.used).toBe(18);
      expect((await used("task:t/y"))?.used).toBe(6);
    });

    // @requirement MEX-03
    it("count a key that is asked for twice in one opening with both amounts", async () => {
      const twice = [reserve("subject:a/x", 3, 5), reserve("subject:a/x", 3, 9)];
      expect((await open("execution-1", { reservations: twice })).kind).toBe("lost");
      const fitting = [reserve("subject:a/x", 2, 5), reserve("subject:a/x", 3, 9)];
      expect((await open("execution-2", { reservations: fitting })).kind).toBe("opened");
      expect((await used("subject:a/x"))?.used).toBe(5);
    });

    // @requirement MEX-03
    it("are settled by what was used, which is never more than what was reserved", async () => {
      const reservations = [reserve("subject:a/cpu", 10, 100), reserve("subject:a/out", 10, 100)];
      await open("execution-1", { reservations });
      await store.ledger.close(end("execution-1"), "execution-1", { "subject:a/cpu": 4 });
      await open("execution-2", { reservations });
      await store.ledger.close(end("execution-2"), "execution-2", { "subject:a/cpu": 40, "subject:a/out": 0 });
      expect((await used("subject:a/cpu"))?.used).toBe(14);
      expect((await used("subject:a/out"))?.used).toBe(10);
    });

    // @requirement MEX-03
    it("free a use of a long window when it leaves it: never earlier, at most a 4 096th later", async () => {
      const window_ms = 86_400_000;
      const reservations = [reserve("subject:a/day", 4, 4, window_ms)];
      await open("execution-1", { reservations });
      const freesAtMs = (await used("subject:a/day", 1_000_000, window_ms))?.frees_at_ms ?? 0;
      expect(freesAtMs).toBeGreaterThanOrEqual(1_000_000 + window_ms);
      expect(freesAtMs).toBeLessThanOrEqual(1_000_000 + window_ms + Math.ceil(window_ms / 4096));
      expect((await open("execution-2", { nowMs: freesAtMs - 1, reservations })).kind).toBe("lost");
      expect((await used("subject:a/day", freesAtMs, window_ms))?.used).toBe(0);
      expect((await open("execution-3", { nowMs: freesAtMs, reservations })).kind).toBe("opened");
    });

    // @requirement MEX-03
    it("say when the first use leaves its window", async () => {
      await open("execution-1", { reservations: [reserve("subject:a/x", 4, 10)] });
      await open("execution-2", { nowMs: 1_000_100, reservations: [reserve("subject:a/x", 2, 10)] });
      expect(await used("subject:a/x", 1_000_499)).toEqual({ used: 6, frees_at_ms: 1_000_500 });
      expect(await used("subject:a/x", 1_000_500)).toEqual({ used: 2, frees_at_ms: 1_000_600 });
      expect(await used("subject:a/x", 1_000_600)).toEqual({ used: 0, frees_at_ms: null });
    });
  });

  it("refuses to open or close an execution twice, and nobody else's call fails with it", async () => {
    await open("execution-1");
    const both = await Promise.allSettled([open("execution-1"), open("execution-2")]);
    expect(both.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
    await store.ledger.close(end("execution-1"), "execution-1", {});
    await expect(store.ledger.close(end("execution-1"), "execution-1", {})).rejects.toThrow();
    await store.ledger.close(end("execution-2"), "execution-2", {});
  });

  it("takes a reservation that is no whole number from nobody", async () => {
    const broken = opening("execution-1", { reservations: [reserve("subject:a/x", 0.5, 10)] });
    await expect(store.takings.take(broken)).rejects.toThrow("whole number");
    const sound = opening("execution-1", { reservations: [reserve("subject:a/x", 1, 10)] });
    expect((await store.takings.take(sound)).kind).toBe("opened");
  });

  it("says since when it remembers nonces", async () => {
    expect(await store.ledger.sinceS()).toBe(1000);
  });

  describe.runIf(kind.remembers)("after a restart", () => {
    // @requirement EXE-04
    it("knows the nonces, uses of approvals and quotas that were taken before, and since when", async () => {
      const reservations = [reserve("subject:a/x", 4, 5, 10_000)];
      await open("execution-1", { nonce: "token-1", approvalUse: "approval-1", reservations });
      await store.close();
      store = await place.open("w2", { nowMs: () => 1_005_000 });
      expect(await store.ledger.sinceS()).toBe(1000);
      expect(await store.ledger.seen("token-1")).toBe(true);
      expect(await open("execution-2", { nonce: "token-1" })).toMatchObject({ kind: "lost", which: "nonce" });
      expect(await open("execution-3", { approvalUse: "approval-1" })).toMatchObject({ which: "approval" });
      expect(await open("execution-4", { nowMs: 1_005_000, reservations })).toMatchObject({ which: "quota" });
      expect(await open("execution-5", { nonce: "token-2", approvalUse: "approval-2" })).toEqual({ kind: "opened" });
    });

    it("tells the executions that have no end, until they have one", async () => {
      await Promise.all([
        open("execution-1", { reservations: [reserve("subject:a/x", 5, 9, 10_000)] }),
        open("ended-22"),
      ]);
      await store.ledger.close(end("ended-22"), "ended-22", {});
      await open("lost-3333", { nonce: "n" });
      await open("lost-4444", { nonce: "n" });
      expect(await store.unfinished()).toEqual([]);
      await store.close();
      store = await place.open("w2");
      const gone = await store.unfinished();
      expect(gone.toSorted()).toEqual(["execution-1", "lost-3333", ...(kind.whole ? ["lost-4444"] : [])]);
      const interrupted = end("execution-1", { outcome: "interrupted", exit_code: null });
      await store.ledger.close(interrupted, "execution-1", { "subject:a/x": 2 });
      for (const id of gone.filter((one) => one !== "execution-1"))
        await store.ledger.close(end(id, { outcome: "interrupted" }), id, {});
      expect(await store.unfinished()).toEqual([]);
      expect((await used("subject:a/x", 1_000_000, 10_000))?.used).toBe(2);
    });

    it("leaves the executions of a process that lives alone", async () => {
      await open("execution-1");
      const other = await place.open("w2");
      try {
        expect(await other.unfinished()).toEqual([]);
        await store.close();
        expect(await other.unfinished()).toEqual(["execution-1"]);
      } finally {
        await other.close();
        store = await place.open("w3");
      }
    });
  });

  // @requirement EXE-04
  it.runIf(kind.remembers)("gives a nonce to one of two processes that share it", async () => {
    const other = await place.open("w2");
    try {
      for (let round = 0; round < 20; round++) {
        const nonce = `token-${round}`;
        const opened = await Promise.all(
          Array.from({ length: 8 }, (_, n) => {
            const id = `execution-${round}-${n}`;
            return (n % 2 === 0 ? store : other).ledger.open(intent(id), opening(id, { nonce }));
          }),
        );
        expect(opened.filter(({ kind }) => kind === "opened")).toHaveLength(1);
      }
    } finally {
      await other.close();
    }
  });
});
