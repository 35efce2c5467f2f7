import { describe, expect, it } from "vitest";
import type { Opening } from "../../gate/index.js";
import { opening } from "../testdata/entries.js";
import { addUse, unusedQuota } from "./quota-state.js";
import { lostTo, nothingTaken } from "./takings-state.js";

/** A token and an approval that were used, and two of three uses of a quota. */
function taken() {
  const state = nothingTaken();
  state.nonces.add("token-1");
  state.approvals.add("approval-1");
  const quota = unusedQuota();
  addUse(quota, 1_000_000, 2);
  state.quotas.set("calls", quota);
  return state;
}

const calls = (amount: number) => ({ key: "calls", window_ms: 60_000, limit: 3, amount });
const lost = (over: Partial<Opening>) => lostTo(taken(), opening("execution-2", over));

describe("what somebody else had first", () => {
  // @requirement EXE-04
  it("is nothing where nothing is asked for, or what nobody had", () => {
    expect(lost({})).toBeUndefined();
    expect(lost({ nonce: "token-2", approvalUse: "approval-2", reservations: [calls(1)] })).toBeUndefined();
    expect(lost({ nonce: "approval-1", approvalUse: "token-1" })).toBeUndefined();
  });

  // @requirement EXE-04
  it("is a token that was used", () => {
    expect(lost({ nonce: "token-1" })).toEqual({ which: "nonce", key: "token-1" });
  });

  // @requirement EXE-04
  it("is an approval that was used", () => {
    expect(lost({ nonce: "token-2", approvalUse: "approval-1" })).toEqual({ which: "approval", key: "approval-1" });
  });

  // @requirement EXE-04
  it("is a quota of which not enough is left, the first of several", () => {
    expect(lost({ reservations: [calls(2)] })).toEqual({ which: "quota", key: "calls" });
    const unused = { ...calls(3), key: "unused" };
    const over = { ...calls(4), key: "over" };
    expect(lost({ reservations: [unused, over, calls(2)] })).toEqual({ which: "quota", key: "over" });
    expect(lost({ reservations: [unused] })).toBeUndefined();
    expect(lost({ nowMs: 1_060_000, reservations: [calls(3)] })).toBeUndefined();
  });

  // @requirement EXE-04
  it("is told in one order: the token, the approval, then a quota", () => {
    const reservations = [calls(9)];
    expect(lost({ nonce: "token-1", approvalUse: "approval-1", reservations })).toMatchObject({ which: "nonce" });
    expect(lost({ approvalUse: "approval-1", reservations })).toMatchObject({ which: "approval" });
  });
});
