import { ladders } from "../../src/index.js";
import { lacks, passes, type VerdictLaw } from "./law.js";
import { judgeWith, soundCase, soundCheck, soundRule, worldOf } from "./sound-world.js";

const unproven = { proofs: [{ requirement: "SND-1", state: "missing" }] } as const;

/** What a right judge makes of each rung of each ladder when it alone is not reached. */
export const rungLaws: readonly VerdictLaw[] = [
  {
    id: "rule-annotation-deleted",
    title: "the rule no longer cites the requirement",
    holds: (judge) => lacks(judgeWith({ evidence: [soundCase] }, judge), "cited"),
  },
  {
    id: "rung-cited-without-a-trial",
    title: "no case cites the requirement",
    holds: (judge) => lacks(judgeWith({ evidence: [soundRule], checks: [] }, judge), "cited"),
  },
  {
    id: "evidence-is-a-comment",
    title: "the evidence points at a comment",
    holds: (judge) =>
      lacks(judgeWith({ evidence: [{ ...soundRule, unresolved: "a comment" }, soundCase] }, judge), "resolved"),
  },
  {
    id: "case-was-skipped",
    title: "the only case was skipped",
    holds: (judge) => lacks(judgeWith({ checks: [{ ...soundCheck, status: "skip" }] }, judge), "passed"),
  },
  {
    id: "rung-passed-when-expected-to-fail",
    title: "the only case fails, as is expected: that excuses the case, and not the requirement",
    holds: (judge) => lacks(judgeWith({ checks: [{ ...soundCheck, status: "xfail" }] }, judge), "passed"),
  },
  {
    id: "case-did-not-run",
    title: "the only case has no result",
    holds: (judge) => lacks(judgeWith({ checks: [] }, judge), "passed"),
  },
  {
    id: "rung-executed",
    title: "the case passed without running the rule",
    holds: (judge) => lacks(judgeWith({ executions: [] }, judge), "executed"),
  },
  {
    id: "case-ran-other-lines",
    title: "the case ran other lines of the rule's file",
    holds: (judge) =>
      lacks(
        judgeWith({ executions: [{ check: soundCheck.id, file: soundRule.file, lines: [{ from: 1, to: 4 }] }] }, judge),
        "executed",
      ),
  },
  {
    id: "rung-killed",
    title: "nobody showed that breaking the rule is noticed",
    holds: (judge) => lacks(judgeWith(unproven, judge), "killed"),
  },
  ...(["measurement", "artifact", "inspection"] as const).flatMap((method): VerdictLaw[] => [
    {
      id: `${method}-reaches-its-top`,
      title: `a requirement shown by ${method} passes with all of its rungs`,
      holds: (judge) => {
        const report = judge(worldOf(method, {}));
        return passes(report) && report.requirements[1]?.reached.join() === ladders[method].join();
      },
    },
    {
      id: `rung-cited-of-${method}`,
      title: `nothing cites a requirement shown by ${method}`,
      holds: (judge) => lacks(judge(worldOf(method)), "cited", "SND-2"),
    },
  ]),
  {
    id: "rung-measured",
    title: "a measurement was never made",
    holds: (judge) => lacks(judge(worldOf("measurement", { status: "unverified" })), "measured", "SND-2"),
  },
  {
    id: "rung-within-bound",
    title: "a measurement is out of bounds",
    holds: (judge) => lacks(judge(worldOf("measurement", { status: "fail" })), "within_bound", "SND-2"),
  },
  {
    id: "rung-present",
    title: "an artifact is not there",
    holds: (judge) => lacks(judge(worldOf("artifact", { unresolved: "no such file" })), "present", "SND-2"),
  },
  {
    id: "rung-valid",
    title: "an artifact is not valid",
    holds: (judge) => lacks(judge(worldOf("artifact", { status: "fail" })), "valid", "SND-2"),
  },
  {
    id: "rung-signed",
    title: "nobody has signed an inspection of what stands there now",
    holds: (judge) => lacks(judge(worldOf("inspection", { status: "unverified" })), "signed", "SND-2"),
  },
];
