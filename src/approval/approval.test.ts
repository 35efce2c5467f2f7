import { describe, expect, it } from "vitest";
import { type Approval, approvalStates, approversOf, facts } from "./approval.js";
import { approval, cmdHash } from "./testdata/world.js";

const yes = (by: string): Approval["decisions"][number] => ({
  by,
  roles: [],
  verdict: "approve",
  at_ms: 1,
  reason: "ok",
});
const no = (by: string): Approval["decisions"][number] => ({ ...yes(by), verdict: "reject" });

describe("what the rules may know", () => {
  // @requirement EXE-06
  it("is the record's state, command, requester and expiry, and an expired one was not given", () => {
    expect(facts(approval({ state: "approved", decisions: [yes("bob")], break_glass: true }))).toEqual({
      id: "approval-1",
      state: "approved",
      cmd_hash: cmdHash,
      requested_by: "ann",
      approvers: ["bob"],
      break_glass: true,
      expires_ms: 9000,
    });
    const states = approvalStates.map((state) => facts(approval({ state })).state);
    expect(states).toEqual(["pending", "approved", "rejected", "revoked", "pending", "used"]);
  });

  // @requirement EXE-08
  it("names who said yes, each once, and nobody who said no", () => {
    expect(approversOf(approval({ decisions: [yes("bob"), no("cid"), yes("dan"), yes("bob")] }))).toEqual([
      "bob",
      "dan",
    ]);
    expect(approversOf(approval())).toEqual([]);
    const many = Array.from({ length: 40 }, (_, index) => yes(`p${index}`));
    expect(approversOf(approval({ decisions: many }))).toEqual(many.slice(0, 32).map(({ by }) => by));
  });
});
