import type { CheckResult, Report, Status, Waiver } from "../../src/index.js";
import { judgeWith, soundCase, soundCheck, soundRequirement, soundRule } from "./sound-world.js";

/** Stands in the detail of what failed, and nowhere else. */
export const mark = "planted-failure-4711";

/** What must not come out of a writer as it went in: markup, a terminal's codes, a change of direction, a command. */
export const hostile = '<img src=x onerror=planted> ]]> \u001b[31m \u202e &amp; "\n::error::planted';

const failed: CheckResult = { ...soundCheck, status: "fail", detail: mark };
const waiver: Waiver = {
  id: "waiver-4712",
  requirement: "SND-1",
  rung: "killed",
  reason: "planted",
  owner: "nobody",
  approver: "nobody else",
  expires: "2026-02-01",
};
const missing = [{ requirement: "SND-1", state: "missing" }] as const;

/** A run with one more check of this status, which speaks for no requirement. */
function withExtra(status: Status, over: Partial<CheckResult> = {}): Report {
  const extra: CheckResult = { ...failed, id: "extra-4713", kind: "differential", requirements: [], status, ...over };
  return judgeWith({ checks: [soundCheck, extra] });
}

/** Reports to write: what is in them is told, or is not, by each writer. */
export const written = {
  sound: judgeWith({}),
  failed: judgeWith({ checks: [failed] }),
  severalFailed: judgeWith({
    checks: [soundCheck, ...["extra-1", "extra-2", "extra-3"].map((id) => ({ ...failed, id, requirements: [] }))],
  }),
  uncited: judgeWith({ evidence: [soundRule], checks: [] }),
  secondUncited: judgeWith({ requirements: [soundRequirement, { ...soundRequirement, id: "SND-2" }] }),
  waived: judgeWith({ proofs: missing, waivers: [waiver] }),
  planned: judgeWith({ requirements: [soundRequirement, { ...soundRequirement, id: "SND-2", since: "9.0" }] }),
  should: judgeWith({ requirements: [soundRequirement, { ...soundRequirement, id: "SND-2", level: "SHOULD" }] }),
  survived: judgeWith({ proofs: [{ requirement: "SND-1", state: "survived" }] }),
  stale: judgeWith({ proofs: [{ requirement: "SND-1", state: "stale" }] }),
  regressed: judgeWith({ regressions: ["SND-1 lost a rung, lost-4714"] }),
  expired: judgeWith({ waivers: [{ ...waiver, expires: "2025-12-31" }] }),
  unverified: judgeWith({ proofs: missing }),
  empty: judgeWith({ requirements: [], evidence: [], checks: [], executions: [] }),
  hostile: judgeWith({
    product: { name: hostile, version: "1.0.0" },
    requirements: [{ ...soundRequirement, text: hostile }],
    evidence: [{ ...soundRule, name: hostile, unresolved: hostile }, soundCase],
    checks: [{ ...failed, title: hostile, detail: hostile }],
    regressions: [hostile],
  }),
  checkIs: withExtra,
} as const;
