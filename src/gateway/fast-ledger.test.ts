import { describe, expect, it } from "vitest";
import { end, intent } from "../audit/testdata/sample-log.js";
import { createMemoryRefusal } from "../store/index.js";
import { fastLedger } from "./fast-ledger.js";
import { clock, memoryLedger, nowMs, open, opening } from "./testdata/memory-ledger.js";

// @requirement SBX-52
describe("rates, asked of a fast store first", () => {
  const key = "subject:ann/subject-minute";
  const rate = { key, window_ms: 60_000, limit: 2, amount: 1 };

  it("are refused there once there were too many, with an intent, and nothing taken", async () => {
    const { ledger, recorder, recorded } = memoryLedger();
    await using fast = createMemoryRefusal(clock);
    const guarded = fastLedger(ledger, recorder, fast);
    for (let n = 0; n < 2; n += 1)
      expect(await open(guarded, opening({ reservations: [rate] }))).toEqual({ kind: "opened" });
    const third = opening({ reservations: [{ ...rate, limit: 1_000 }, rate] });
    expect(await open(guarded, third)).toEqual({ kind: "lost", which: "quota", key });
    expect(recorded.map((entry) => entry.kind)).toEqual(["intent", "intent", "intent"]);
    expect(await ledger.seen(third.nonce ?? "")).toBe(false);
    const [usage] = await ledger.usage([{ key, window_ms: 60_000 }], nowMs);
    expect(usage?.used).toBe(2);
  });

  it("are asked with their window, limit and moment, and what is refused there is never asked of the ledger", async () => {
    const { ledger, recorder, recorded } = memoryLedger();
    await using fast = createMemoryRefusal(clock);
    const asked: (readonly unknown[])[] = [];
    const waitMs = async (...question: Parameters<typeof fast.waitMs>) => {
      asked.push(question);
      return question[0] === key ? 500 : null;
    };
    const never = () => Promise.reject(new Error("asked"));
    const guarded = fastLedger({ ...ledger, open: never }, recorder, { ...fast, waitMs });
    const other = { ...rate, key: "other" };
    const given = opening({ reservations: [other, rate] });
    expect(await open(guarded, given)).toEqual({ kind: "lost", which: "quota", key });
    const limits = [{ window_ms: 60_000, limit: 2 }];
    expect(asked).toEqual([
      ["other", limits, nowMs],
      [key, limits, nowMs],
    ]);
    expect(recorded).toEqual([intent(given.executionId)]);
    await expect(open(guarded, opening({ reservations: [other] }))).rejects.toThrow("asked");
  });

  it("alone are asked there: amounts are the ledger's to reserve", async () => {
    const { ledger, recorder } = memoryLedger();
    await using fast = createMemoryRefusal(clock);
    const guarded = fastLedger(ledger, recorder, fast);
    const amount = { key: "subject:ann/subject-cpu", window_ms: 60_000, limit: 10, amount: 4 };
    for (let n = 0; n < 2; n += 1)
      expect(await open(guarded, opening({ reservations: [amount] }))).toEqual({ kind: "opened" });
    expect(await fast.waitMs(amount.key, [{ window_ms: 60_000, limit: 1 }], nowMs)).toBeNull();
    const lost = { kind: "lost", which: "quota", key: amount.key };
    expect(await open(guarded, opening({ reservations: [amount] }))).toEqual(lost);
  });

  it("that hold go on to the ledger, which tells the fast store whose token is used", async () => {
    const { ledger, recorder, recorded } = memoryLedger();
    await using fast = createMemoryRefusal(clock);
    const guarded = fastLedger(ledger, recorder, fast);
    const first = opening({ reservations: [rate] });
    expect(await guarded.seen(first.nonce ?? "")).toBe(false);
    await open(guarded, first);
    expect(await fast.seen(first.nonce ?? "")).toBe(true);
    expect(await guarded.seen(first.nonce ?? "")).toBe(true);
    // What another process used is known to the ledger alone.
    await open(ledger, opening({ nonce: "elsewhere" }));
    expect([await fast.seen("elsewhere"), await guarded.seen("elsewhere")]).toEqual([false, true]);
    expect(await open(guarded, opening({ nonce: "elsewhere" }))).toMatchObject({ kind: "lost", which: "nonce" });
    const unnamed = opening({ nonce: null, reservations: [] });
    expect(await open(guarded, unnamed)).toEqual({ kind: "opened" });
    await guarded.close(end(unnamed.executionId), unnamed.executionId, {});
    expect(recorded.at(-1)).toMatchObject({ kind: "end", execution_id: unnamed.executionId });
    expect(await guarded.sinceS()).toBe(nowMs / 1000);
    expect(await guarded.usage([{ key, window_ms: 60_000 }], nowMs)).toMatchObject([{ used: 1 }]);
  });

  it("are told of a token's use once it was used, for longer than any token lives, and of nothing else", async () => {
    const { ledger, recorder } = memoryLedger();
    await using fast = createMemoryRefusal(clock);
    const told: (readonly unknown[])[] = [];
    const remember = async (nonce: string, ttlMs: number) => void told.push([nonce, ttlMs]);
    const guarded = fastLedger(ledger, recorder, { ...fast, remember });
    await open(ledger, opening({ nonce: "elsewhere" }));
    expect(await open(guarded, opening({ nonce: "elsewhere" }))).toMatchObject({ kind: "lost", which: "nonce" });
    expect(await open(guarded, opening({ nonce: null }))).toEqual({ kind: "opened" });
    expect(told).toEqual([]);
    expect(await open(guarded, opening({ nonce: "here" }))).toEqual({ kind: "opened" });
    expect(told).toEqual([["here", 600_000]]);
  });
});
