import { describe, expect, it } from "vitest";
import { thrownVerdict, verdictOf } from "./run-target.js";
import { NotAskable } from "./target.js";
import { flawedWorld } from "./testdata/flawed-world.js";
import { resultExample } from "./testdata/result-example.js";

// @requirement HAR-12
describe("a check", () => {
  it("is skipped with a reason where the target lacks what it needs, and is not run", async () => {
    await using world = await flawedWorld();
    const ran: string[] = [];
    const check = {
      ...resultExample("http-tokens-a", ["EXE-03"]).check,
      run: async () => {
        ran.push("ran");
        return { status: "pass" } as const;
      },
    };
    expect(await verdictOf({ ...check, needs: ["executions", "events"] }, world.target)).toEqual({
      status: "skip",
      detail: "the target is not said to have events",
    });
    expect(ran).toEqual([]);
    expect(await verdictOf({ ...check, needs: ["executions"] }, world.target)).toEqual({ status: "pass" });
    const broken = { ...check, run: () => Promise.reject(new Error("no answer")) };
    expect(await verdictOf(broken, world.target)).toEqual({ status: "fail", detail: "no answer" });
  });

  it("that throws has failed, unless what it needed was not there to ask with", () => {
    expect(thrownVerdict(new Error("broken"))).toEqual({ status: "fail", detail: "broken" });
    expect(thrownVerdict("text")).toEqual({ status: "fail", detail: "text" });
    expect(thrownVerdict(new NotAskable("no more tokens"))).toEqual({ status: "skip", detail: "no more tokens" });
  });
});
