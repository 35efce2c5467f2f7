import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { refuses } from "./attempts.js";
import type { HttpAnswer } from "./http-client.js";
import { ranByAnswer, ranByEntries, watched } from "./witness.js";

const answer = (status: number, json: unknown, text = ""): HttpAnswer => ({
  status,
  headers: {},
  text,
  json,
  durationMs: 1,
});
const refusal = { success: false, error: "no", code: "token/forged", execution_id: "abc" };

describe("whether something ran is seen", () => {
  it("in the answer, whatever its status says", () => {
    for (const ran of [{ success: true }, { success: false, exit_code: 0 }, { output: "" }]) {
      expect(ranByAnswer(answer(401, ran))).toBe(true);
    }
    expect(ranByAnswer(answer(200, undefined, "event: output\ndata: {}\n\n"))).toBe(true);
    for (const none of [refusal, { exit_code: null }, [], "success", null, undefined]) {
      expect(ranByAnswer(answer(200, none))).toBe(false);
    }
  });

  it("in the record: it runs, or has ended and was started", () => {
    expect(ranByEntries({ state: "running" })).toBe(true);
    expect(ranByEntries({ state: "ended", end: { outcome: "exited" } })).toBe(true);
    for (const none of [
      { state: "refused", end: null },
      { state: "ended", end: { outcome: "not_started" } },
      undefined,
    ]) {
      expect(ranByEntries(none)).toBe(false);
    }
  });

  it("in the file that it left and in the count, also behind an answer that refuses", async () => {
    const folder = mkdtempSync(join(tmpdir(), "lockkeeper-witness-"));
    const marker = join(folder, "marker");
    try {
      const leaves = async () => {
        writeFileSync(marker, "");
        return [answer(401, refusal)];
      };
      expect(await watched({ marker }, leaves)).toMatchObject({ runs: 1, effects: 1, by: "the file that it left" });
      expect(await watched({ marker }, async () => [answer(401, refusal)])).toMatchObject({ runs: 0, effects: 0 });
      let count = 7;
      const counts = async () => {
        count += 2;
        return [answer(401, refusal)];
      };
      expect(await watched({ tally: () => count }, counts)).toMatchObject({ runs: 2, effects: 2 });
      const record = async () => ({ state: "running" });
      expect(await watched({ record }, async () => [answer(401, refusal)])).toMatchObject({ runs: 1, effects: 0 });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("a refusal", () => {
  const verdict = (given: HttpAnswer, error?: string) => refuses({ observers: {} }, async () => given, [401], error);

  it("has its status, success: false and a message, and the words that the protocol fixes", async () => {
    expect(await verdict(answer(401, refusal))).toEqual({ status: "pass" });
    expect(await verdict(answer(401, refusal), "no")).toEqual({ status: "pass" });
    for (const wrong of [
      answer(403, refusal),
      answer(401, { error: "no" }),
      answer(401, { success: false }),
      answer(401, { success: false, error: "" }),
      answer(401, undefined),
    ]) {
      expect(await verdict(wrong)).toMatchObject({ status: "fail" });
    }
    expect(await verdict(answer(401, refusal), "Token expired")).toMatchObject({ status: "fail" });
  });

  it("is a bypass where something ran all the same", async () => {
    expect(await verdict(answer(401, { success: true }))).toMatchObject({ status: "fail", bypass: true });
  });
});
