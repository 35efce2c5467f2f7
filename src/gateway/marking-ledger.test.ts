import { describe, expect, it } from "vitest";
import { end } from "../audit/testdata/sample-log.js";
import { markingLedger } from "./marking-ledger.js";
import { memoryLedger, nowMs, open, opening } from "./testdata/memory-ledger.js";

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
