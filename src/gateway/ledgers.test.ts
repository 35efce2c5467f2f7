import { describe, expect, it } from "vitest";
import { end, intent } from "../audit/testdata/sample-log.js";
import { type Ledger, type Opening, splitLedger } from "../gate/index.js";
import type { Entry } from "../model/index.js";
import { createMemoryRefusal, createMemoryTakings } from "../store/index.js";
import { fastLedger } from "./fast-ledger.js";
import { markingLedger } from "./marking-ledger.js";
import { createUnwaited } from "./unwaited.js";

const nowMs = Date.UTC(2026, 0, 5, 9);
const clock = { nowMs: () => nowMs };

/** A ledger in memory, and what was recorded by it. */
function memoryLedger() {
  const recorded: Entry[] = [];
  const recorder = { append: async (entry: Entry) => void recorded.push(entry) };
  return { ledger: splitLedger(createMemoryTakings(clock), recorder), recorder, recorded };
}

let numbers = 0;
function opening(over: Partial<Opening> = {}): Opening {
  const number = ++numbers;
  const base = {
    executionId: `execution-${number}`,
    nowMs,
    nonce: `nonce-${number}`,
    approvalUse: `approval-${number}`,
  };
  return { ...base, reservations: [], ...over };
}
const open = (ledger: Ledger, given: Opening) => ledger.open(intent(given.executionId), given);

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
});

describe("a ledger that tells whose approval it took", () => {
  it("tells it of what it opened, and of nothing else", async () => {
    const { ledger } = memoryLedger();
    const told: string[] = [];
    const marking = markingLedger(ledger, (approvalId, executionId) => told.push(`${approvalId} ${executionId}`));
    const one = opening();
    expect(await open(marking, one)).toEqual({ kind: "opened" });
    expect(await open(marking, opening({ nonce: one.nonce }))).toMatchObject({ kind: "lost" });
    expect(await open(marking, opening({ approvalUse: null }))).toEqual({ kind: "opened" });
    expect(told).toEqual([`${one.approvalUse} ${one.executionId}`]);
  });

  it("is the ledger that it was otherwise", async () => {
    const { ledger, recorded } = memoryLedger();
    const marking = markingLedger(ledger, () => undefined);
    const one = opening();
    await open(marking, one);
    expect(await marking.seen(one.nonce ?? "")).toBe(true);
    expect(await marking.sinceS()).toBe(nowMs / 1000);
    expect(await marking.usage([{ key: "a", window_ms: 1 }], nowMs)).toMatchObject([{ used: 0 }]);
    await marking.close(end(one.executionId), one.executionId, {});
    expect(recorded.at(-1)).toMatchObject({ kind: "end" });
  });
});

describe("work that nobody waits for", () => {
  it("is waited for at the end, also what began meanwhile and what failed", async () => {
    const unwaited = createUnwaited();
    const held = Promise.withResolvers<string>();
    const seen: string[] = [];
    const first = unwaited.keep(held.promise).then((text) => {
      seen.push(text);
      void unwaited.keep(Promise.reject(new Error("late"))).catch(() => seen.push("failed"));
    });
    const done = unwaited.done().then(() => seen.push("done"));
    held.resolve("first");
    await Promise.all([first, done]);
    expect(seen).toEqual(["first", "failed", "done"]);
  });
});
