import { expect, it } from "vitest";
import { keepRecent } from "./keep-recent.js";

it("makes a result once for as long as it is kept, and keeps the youngest", () => {
  const made: string[] = [];
  const make = keepRecent((...texts) => {
    made.push(texts.join("+"));
    return { texts };
  }, 2);
  const first = make("a", "b");
  expect(make("a", "b")).toBe(first);
  make("c");
  make("a", "b");
  make("d");
  expect(made).toEqual(["a+b", "c", "d"]);
  expect(make("a", "b")).toBe(first);
  make("c");
  expect(made).toEqual(["a+b", "c", "d", "c"]);
});
