import { describe, expect, it } from "vitest";
import type { Waiver } from "../../src/index.js";
import { soundWorld } from "../faults/sound-world.js";
import { judgeRun } from "./verdict.js";

const waiver: Waiver = {
  id: "waiver-001",
  requirement: "SND-1",
  rule: "hygiene/eval",
  reason: "goes with the next version",
  owner: "Ann",
  approver: "Bob",
  expires: "2026-12-31",
};

function exitCode(over: Partial<Waiver>): number {
  return judgeRun({ ...soundWorld, waivers: [{ ...waiver, ...over }], today: "2026-12-31" }).exit_code;
}

/** @requirement HAR-04 */
describe("a waiver of a rule", () => {
  it("is judged by the search for what the rule finds, unless it has expired or is orphaned", () => {
    expect(exitCode({})).toBe(0);
    expect(exitCode({ rule: "other/rule" })).toBe(6);
    expect(exitCode({ expires: "2026-12-30" })).toBe(6);
    expect(exitCode({ requirement: "SND-2" })).toBe(6);
  });
});
