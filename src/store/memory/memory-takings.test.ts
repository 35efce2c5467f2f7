import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createMemoryTakings } from "./memory-takings.js";

const clock = { nowMs: () => 1_000_000 };
const opening = (executionId: string, over = {}) => ({
  executionId,
  nowMs: 1_000_000,
  nonce: null,
  approvalUse: null,
  reservations: [],
  ...over,
});

describe("what can be used once", () => {
  it("gives a nonce to exactly one of many who ask at once", async () => {
    const takings = createMemoryTakings(clock);
    const opened = await Promise.all(
      Array.from({ length: 64 }, (_, n) => takings.take(opening(`execution-${n}`, { nonce: "token-1" }))),
    );
    expect(opened.filter(({ kind }) => kind === "opened")).toHaveLength(1);
    expect(opened[1]).toEqual({ kind: "lost", which: "nonce", key: "token-1" });
    expect(await takings.seen("token-1")).toBe(true);
    expect(await takings.seen("token-2")).toBe(false);
  });

  it("takes nothing from whoever loses", async () => {
    const takings = createMemoryTakings(clock);
    const reservations = [{ key: "subject:a/x", window_ms: 1000, limit: 1, amount: 1 }];
    await takings.take(opening("execution-1", { approvalUse: "approval-1" }));
    const lost = await takings.take(opening("execution-2", { nonce: "n", approvalUse: "approval-1", reservations }));
    expect(lost).toEqual({ kind: "lost", which: "approval", key: "approval-1" });
    expect(await takings.seen("n")).toBe(false);
    expect(await takings.usage([{ key: "subject:a/x", window_ms: 1000 }], 1_000_000)).toEqual([
      { used: 0, frees_at_ms: null },
    ]);
  });
});

// @requirement MEX-03
describe("quotas", () => {
  it("never lets more through than the limit, whatever is opened and closed in any order", async () => {
    const step = fc.record({
      amount: fc.integer({ min: 0, max: 7 }),
      actual: fc.option(fc.integer({ min: 0, max: 9 })),
      waitMs: fc.nat(60),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 20 }), async (steps, limit) => {
        const takings = createMemoryTakings(clock);
        const windowMs = 100;
        const granted: { atMs: number; amount: number }[] = [];
        let nowMs = 1_000_000;
        for (const [n, { amount, actual, waitMs }] of steps.entries()) {
          nowMs += waitMs;
          const before = granted.filter((use) => use.atMs + windowMs > nowMs).reduce((sum, use) => sum + use.amount, 0);
          const [usage] = await takings.usage([{ key: "k", window_ms: windowMs }], nowMs);
          expect(usage?.used).toBe(before);
          const reservations = [{ key: "k", window_ms: windowMs, limit, amount }];
          const { kind } = await takings.take(opening(`execution-${n}`, { nowMs, reservations }));
          expect(kind).toBe(before + amount <= limit ? "opened" : "lost");
          if (kind === "lost") continue;
          granted.push({ atMs: nowMs, amount: actual === null ? amount : Math.min(amount, actual) });
          await takings.settle(`execution-${n}`, actual === null ? {} : { k: actual });
        }
      }),
      { seed: 3, numRuns: 200 },
    );
  });

  it("says when the first use leaves its window", async () => {
    const takings = createMemoryTakings(clock);
    const reservations = [{ key: "k", window_ms: 500, limit: 10, amount: 4 }];
    await takings.take(opening("execution-1", { reservations }));
    expect(await takings.usage([{ key: "k", window_ms: 500 }], 1_000_499)).toEqual([
      { used: 4, frees_at_ms: 1_000_500 },
    ]);
    expect(await takings.usage([{ key: "k", window_ms: 500 }], 1_000_500)).toEqual([{ used: 0, frees_at_ms: null }]);
  });

  it("refuses to open or close an execution twice", async () => {
    const takings = createMemoryTakings(clock);
    await takings.take(opening("execution-1"));
    await expect(takings.take(opening("execution-1"))).rejects.toThrow("open already");
    await takings.settle("execution-1", {});
    await expect(takings.settle("execution-1", {})).rejects.toThrow("not open");
  });
});
