import { expect, it } from "vitest";
import { isIdle, prunableBeforeMs, sinceAfter } from "./pruning.js";

// @requirement EXE-04
it("keeps a nonce for longer than any token lives that rules may accept", () => {
  expect(prunableBeforeMs(100_000_000)).toBe(100_000_000 - 90_000_000);
});

// @requirement EXE-04
it("remembers since a moment after every token of what is forgotten was issued, by the fastest clock", () => {
  expect(sinceAfter(1_000_000)).toBe(1061);
  expect(sinceAfter(1_000_999)).toBe(1061);
  expect(sinceAfter(1_001_000)).toBe(1062);
});

it("takes a quota for idle once its last use has left the window", () => {
  expect(isIdle(null, 500, 0)).toBe(true);
  expect(isIdle(1000, 500, 1500)).toBe(true);
  expect(isIdle(1000, 500, 1499)).toBe(false);
});
