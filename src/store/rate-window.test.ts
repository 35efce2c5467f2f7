import { describe, expect, it } from "vitest";
import { waitMs } from "./rate-window.js";

// @requirement SBX-52
describe("the wait", () => {
  const perMinute = { window_ms: 60_000, limit: 100 };
  it.each([
    [0, 100, 0, null],
    [0, 101, 0, 60_600],
    [0, 101, 15_000, 45_600],
    [100, 1, 0, 600],
    [100, 50, 30_000, null],
    [100, 51, 30_000, 600],
    [100, 100, 30_000, 30_000],
    [400, 1, 30_000, 15_150],
    [0, 301, 59_000, 41_200],
    [1, 100, 0, 60_000],
    [1, 100, 59_999, 1],
    [100, 100, 0, 60_000],
    [200, 1, 30_000, 300],
    [200, 150, 15_000, 65_135],
  ])("after %s before and %s now, %s ms into a minute of 100, is %s", (previous, current, elapsedMs, expected) => {
    expect(waitMs(previous, current, elapsedMs, perMinute)).toBe(expected);
  });

  it("of a limit of nothing is a window and more", () => {
    expect(waitMs(0, 1, 0, { window_ms: 1000, limit: 0 })).toBe(2000);
  });

  it("is long enough: whoever waits for it is not refused", () => {
    for (const [previous, current, elapsed] of [
      [100, 51, 30_000],
      [400, 1, 30_000],
      [100, 100, 30_000],
    ] as const) {
      const later = elapsed + (waitMs(previous, current, elapsed, perMinute) ?? 0);
      const isNext = later >= perMinute.window_ms;
      const asked = isNext ? [current - 1, 1, later - perMinute.window_ms] : [previous, current, later];
      expect(waitMs(asked[0] ?? 0, asked[1] ?? 0, asked[2] ?? 0, perMinute)).toBeNull();
    }
  });
});
