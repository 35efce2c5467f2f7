import { describe, expect, it } from "vitest";
import type { PacketFinding, PacketRule } from "./packet-rules.js";
import { blockOf, implementationBlock, judgedStage, type Stage, verdictOf } from "./stages.js";

const found = (rule: PacketRule): PacketFinding => ({ rule, message: "x", file: "p.md" });
const passed: Stage = { name: "anchor", state: "pass" };

/** @requirement MEX-13, MEX-18 */
describe("a verdict", () => {
  it("is PASS only where every stage passed and nothing was found", () => {
    expect(verdictOf([passed, passed], [])).toEqual({ verdict: "PASS", returned_to: null });
  });

  it("is FAIL by one finding or one stage that did not pass, and returns the packet", () => {
    const fail = { verdict: "FAIL", returned_to: "Ready for Dev" };
    expect(verdictOf([passed], [found("SPEC-GAP")])).toEqual(fail);
    expect(verdictOf([passed, { name: "tests", state: "not run" }], [])).toEqual(fail);
    expect(verdictOf([{ name: "tests", state: "fail" }, passed], [])).toEqual(fail);
  });

  it("follows stages that fail by a single finding", () => {
    expect(judgedStage("anchor", [])).toEqual({ name: "anchor", state: "pass" });
    expect(judgedStage("requirements", [found("SPEC-GAP")])).toEqual({ name: "requirements", state: "fail" });
  });
});

/** @requirement MEX-13, MEX-15 */
describe("the stages after one that failed", () => {
  it("are left out for what blocks, with the reason", () => {
    expect(blockOf("pre-flight", [found("CX-573-MISSING")])).toBe("blocked by pre-flight failure");
    expect(blockOf("anchor", [found("SPEC-ANCHOR")])).toBe("blocked by spec mismatch");
    expect(blockOf("evidence", [found("SPEC-GAP"), found("EVIDENCE-PLACEHOLDER")])).toBe(
      "blocked by placeholder evidence",
    );
  });

  it("are run for what does not block, and where nothing was found", () => {
    expect(blockOf("pre-flight", [])).toBeUndefined();
    expect(blockOf("requirements", [found("SPEC-GAP")])).toBeUndefined();
  });
});

/** @requirement MEX-13 */
it("without any code there is no implementation", () => {
  expect(implementationBlock([])).toBe("no implementation exists");
  expect(implementationBlock(["src/gate.ts"])).toBeUndefined();
});
