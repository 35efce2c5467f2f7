import { describe, expect, it } from "vitest";
import { createAnswerMemory } from "./answer-memory.js";
import { type Asking, answerKey, createOnce, isIdempotencyKey } from "./idempotency.js";

const answer = (status: number, body = "{}") => ({ status, body });
const asked = (run: Asking["run"]): Asking => ({ run, mayHave: async () => true });

describe("asking again with the same key, token and body", () => {
  it("runs once, also for who asks while it runs", async () => {
    let runs = 0;
    const once = createOnce(
      createAnswerMemory(() => 0),
      () => 0,
    );
    const asking = asked(async () => answer(200, `{"run":${++runs}}`));
    const both = await Promise.all([once("a", asking), once("a", asking)]);
    expect([...both, await once("a", asking)]).toEqual(Array(3).fill(answer(200, '{"run":1}')));
    expect(await once("b", asking)).toEqual(answer(200, '{"run":2}'));
  });

  it("runs again where nothing ran, where it failed, and where the answer is too large to keep", async () => {
    const kept = createAnswerMemory(() => 0);
    const once = createOnce(kept, () => 0);
    expect(
      await once(
        "a",
        asked(async () => answer(403)),
      ),
    ).toEqual(answer(403));
    expect(
      await once(
        "a",
        asked(async () => answer(200)),
      ),
    ).toEqual(answer(200));
    await expect(
      once(
        "b",
        asked(() => Promise.reject(new Error("away"))),
      ),
    ).rejects.toThrow("away");
    expect(
      await once(
        "b",
        asked(async () => answer(200)),
      ),
    ).toEqual(answer(200));
    await once(
      "c",
      asked(async () => answer(200, "x".repeat(1024 * 1024 + 1))),
    );
    expect(await kept.find("c")).toBeNull();
  });

  it("sends who may not have the answer to be refused by themselves, whether it is kept or on its way", async () => {
    const once = createOnce(
      createAnswerMemory(() => 0),
      () => 0,
    );
    const stranger = { run: async () => answer(401), mayHave: async () => false };
    const owner = asked(async () => answer(200));
    expect(await Promise.all([once("a", owner), once("a", stranger)])).toEqual([answer(200), answer(401)]);
    expect(await once("a", stranger)).toEqual(answer(401));
    expect(await once("a", owner)).toEqual(answer(200));
  });

  it("shares no refusal: who asks while another is refused is judged by themselves", async () => {
    const once = createOnce(
      createAnswerMemory(() => 0),
      () => 0,
    );
    const refused = asked(async () => answer(401));
    const good = asked(async () => answer(200));
    expect(await Promise.all([once("a", refused), once("a", good)])).toEqual([answer(401), answer(200)]);
  });
});

describe("the key that an answer is kept under", () => {
  it("is another for another key, token or body", () => {
    const keys = [
      answerKey("k", "t", { a: 1 }),
      answerKey("k2", "t", { a: 1 }),
      answerKey("k", "t2", { a: 1 }),
      answerKey("k", "t", { a: 2 }),
    ];
    expect(new Set(keys).size).toBe(4);
    expect(answerKey("k", "t", { a: 1 })).toBe(keys[0]);
    expect(keys.join()).toMatch(/^[0-9a-f,]+$/);
  });

  it("is what a header may hold", () => {
    expect(["a", "!~", "x".repeat(255)].every(isIdempotencyKey)).toBe(true);
    expect(["", "a b", "ä", "x".repeat(256), undefined, ["a"]].some(isIdempotencyKey)).toBe(false);
  });
});

describe("answers in memory", () => {
  it("are kept a day", async () => {
    let now = 0;
    const kept = createAnswerMemory(() => now);
    await kept.keep("a", answer(200), now);
    now = 24 * 60 * 60 * 1000 - 1;
    expect(await kept.find("a")).toEqual(answer(200));
    now += 1;
    expect(await kept.find("a")).toBeNull();
  });

  it("give way to newer ones, the oldest first, once they are many", async () => {
    const kept = createAnswerMemory(() => 0);
    const body = "x".repeat(1024 * 1024);
    for (let n = 0; n < 65; n += 1) await kept.keep(`key-${n}`, answer(200, body), 0);
    expect(await kept.find("key-0")).toBeNull();
    expect(await kept.find("key-1")).toEqual(answer(200, body));
  });

  it("are no more than 100 000, however small", async () => {
    const kept = createAnswerMemory(() => 0);
    for (let n = 0; n <= 100_000; n += 1) await kept.keep(`key-${n}`, answer(200), 0);
    expect(await kept.find("key-0")).toBeNull();
    expect(await kept.find("key-1")).toEqual(answer(200));
  });

  it("count once where they replace one under the same key", async () => {
    const kept = createAnswerMemory(() => 0);
    const body = "x".repeat(1024 * 1024);
    for (let n = 0; n < 65; n += 1) await kept.keep("same", answer(200, body), 0);
    await kept.keep("other", answer(200, body), 0);
    expect(await kept.find("same")).toEqual(answer(200, body));
  });
});
