import type { CheckResult, Report } from "../../src/index.js";
import { demandedNow, judgeRun, type VerdictInput } from "../verdict/index.js";

const file = "policies/a/a.rego";

/** The case of the sound world. */
export const soundCheck: CheckResult = {
  id: "sound-001",
  kind: "case",
  title: "refuses what it must",
  requirements: ["SND-1"],
  status: "pass",
  file: "specs/attacks/sound.yaml",
  row: 3,
  inputs: 1,
};

/** The smallest run in which everything is as it should be: one requirement, one rule, one case that ran the rule. */
export const soundWorld: VerdictInput = {
  product: { name: "sound", version: "1.0.0" },
  requirements: [
    {
      id: "SND-1",
      rev: 1,
      level: "MUST",
      method: "mutation",
      text: "The gate MUST refuse what it must.",
      source: { doc: "sound", section: "1" },
      since: "1.0",
    },
  ],
  waivers: [],
  evidence: [
    { kind: "rule", name: "a/refuse", file, row: 5, end_row: 9, requirements: ["SND-1"] },
    { kind: "case", name: soundCheck.id, file: soundCheck.file, row: 3, end_row: 6, requirements: ["SND-1"] },
  ],
  checks: [soundCheck],
  executions: [{ check: soundCheck.id, file, lines: [{ from: 5, to: 9 }] }],
  problems: [],
  demanded: demandedNow,
  today: "2026-01-01",
  profile: "embedded",
  seed: 1,
  only: [],
  inputs: {},
  counts: { interpreter_inputs: 1, disagreements: 0, bypasses: 0 },
};

/** Judges the sound world with something in it made otherwise. */
export function judgeWith(over: Partial<VerdictInput>): Report {
  return judgeRun({ ...soundWorld, ...over });
}
