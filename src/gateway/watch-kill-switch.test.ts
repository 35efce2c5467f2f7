import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { watchKillSwitch } from "./watch-kill-switch.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Watches a switch, and keeps what came of it. */
function watched(engaged: () => Promise<boolean>) {
  const seen = { stops: 0, lines: Array.of<readonly unknown[]>() };
  const logger = { error: (...line: readonly unknown[]) => void seen.lines.push(line) };
  const watching = watchKillSwitch({ killSwitch: { engaged }, logger }, { stopAll: () => ++seen.stops });
  return { seen, watching };
}

// @requirement WFL-06
describe("the watch of the kill switch", () => {
  it("ends what runs four times a second while the switch is engaged, and nothing while it is not", async () => {
    let isEngaged = false;
    const { seen, watching } = watched(async () => isEngaged);
    await vi.advanceTimersByTimeAsync(1000);
    expect(seen.stops).toBe(0);
    isEngaged = true;
    await vi.advanceTimersByTimeAsync(249);
    expect(seen.stops).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(seen.stops).toBe(1);
    await vi.advanceTimersByTimeAsync(250);
    expect(seen.stops).toBe(2);
    watching[Symbol.dispose]();
    await vi.advanceTimersByTimeAsync(1000);
    expect(seen.stops).toBe(2);
    expect(seen.lines).toEqual([]);
  });

  it("says that the switch cannot be read, ends nothing, and looks again", async () => {
    const away = new Error("away");
    let asked = 0;
    const { seen, watching } = watched(async () => {
      asked += 1;
      if (asked === 1) throw away;
      return true;
    });
    await vi.advanceTimersByTimeAsync(250);
    expect(seen).toEqual({ stops: 0, lines: [[{ err: away }, "the kill switch cannot be read: nothing starts"]] });
    await vi.advanceTimersByTimeAsync(250);
    expect(seen.stops).toBe(1);
    watching[Symbol.dispose]();
  });
});
