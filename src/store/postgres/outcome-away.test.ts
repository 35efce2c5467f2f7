import { describe, expect, it } from "vitest";
import { StoreAway } from "./connection.js";
import { outcomeAway } from "./outcome-away.js";

// @requirement EXE-10
describe("while the database is away", () => {
  it.each(["append", "close", "settle", "apply"] as const)("the audit goes on: %s", (kind) => {
    expect(outcomeAway({ kind })).toEqual({ ok: true, value: { kind: "opened" } });
  });

  it.each(["open", "take"] as const)("what it must decide is refused: %s", (kind) => {
    const outcome = outcomeAway({ kind });
    expect(outcome).toEqual({ ok: false, error: new StoreAway("the database that must decide is away") });
    expect(outcome.ok || outcome.error).toBeInstanceOf(StoreAway);
  });
});
