import { expect, it } from "vitest";
import { type Running, stop } from "./running.js";

// @requirement WFL-06
it("a run that is stopped is told to end, and known as stopped before it ends", () => {
  const seen: boolean[] = [];
  const running: Running = { executionId: "one", stopped: false, end: () => seen.push(running.stopped) };
  stop(running);
  expect([running.stopped, seen]).toEqual([true, [true]]);
});
