import { describe, expect, it } from "vitest";
import { dayMs, defaultRetention, holds, isDue, retentionPlan } from "./retention.js";

const nowMs = 1000 * dayMs;
const archive = (file: string, firstDay: number, lastDay: number) => ({
  file,
  firstAtMs: firstDay * dayMs,
  lastAtMs: lastDay * dayMs,
});

// @requirement SBX-53
describe("retention", () => {
  it("archives after 30 days, and removes after 90 more", () => {
    const [old, young] = [archive("old", 800, 879), archive("young", 800, 880)];
    expect(retentionPlan(defaultRetention, [old, young], nowMs)).toEqual({
      archiveBeforeMs: 970 * dayMs,
      remove: [old],
      held: [],
    });
  });

  it("counts from an archive's youngest entry, to the millisecond", () => {
    const edge = { file: "a", firstAtMs: 0, lastAtMs: 880 * dayMs };
    expect(isDue(defaultRetention, edge, nowMs)).toBe(false);
    expect(isDue(defaultRetention, { ...edge, lastAtMs: edge.lastAtMs - 1 }, nowMs)).toBe(true);
    expect(isDue({ ...defaultRetention, liveDays: 31 }, { ...edge, lastAtMs: edge.lastAtMs - 1 }, nowMs)).toBe(false);
  });

  it("keeps what an incident holds, and says why", () => {
    const old = archive("old", 800, 850);
    const hold = { fromMs: 850 * dayMs, toMs: null, reason: "incident 7" };
    expect(retentionPlan({ ...defaultRetention, holds: [hold] }, [old], nowMs)).toMatchObject({
      remove: [],
      held: [{ archive: old, reason: "incident 7" }],
    });
  });

  it("holds what overlaps, also by a moment", () => {
    const old = archive("old", 800, 850);
    const hold = (from: number, to: number | null) => ({ fromMs: from, toMs: to, reason: "" });
    expect(holds(hold(850 * dayMs, null), old)).toBe(true);
    expect(holds(hold(850 * dayMs + 1, null), old)).toBe(false);
    expect(holds(hold(0, 800 * dayMs), old)).toBe(true);
    expect(holds(hold(0, 800 * dayMs - 1), old)).toBe(false);
    expect(holds(hold(810 * dayMs, 820 * dayMs), old)).toBe(true);
  });
});
