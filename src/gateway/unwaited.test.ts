import { describe, expect, it } from "vitest";
import { createUnwaited } from "./unwaited.js";

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
