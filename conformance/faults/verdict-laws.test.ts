import { describe, expect, it } from "vitest";
import { judgeRun } from "../verdict/index.js";
import { wrongJudges } from "./verdict-faults.js";
import { verdictLaws } from "./verdict-laws.js";

/** @requirement HAR-09 */
describe("the laws of verdicts", () => {
  it("hold of the judge", () => {
    expect(verdictLaws.filter((law) => !law.holds(judgeRun)).map(({ id }) => id)).toEqual([]);
  });

  it("notice every planted judge", () => {
    const unnoticed = wrongJudges.filter(({ judge }) => verdictLaws.every((law) => law.holds(judge)));
    expect(unnoticed.map(({ id }) => id)).toEqual([]);
  });

  it("each notice one, so that none of them holds whatever happens", () => {
    const idle = verdictLaws.filter((law) => wrongJudges.every(({ judge }) => law.holds(judge)));
    expect(idle.map(({ id }) => id)).toEqual([]);
  });
});
