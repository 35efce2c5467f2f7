import type { CheckResult, Method, Report, Requirement } from "../../src/index.js";
import type { CitedPlace } from "../evidence/index.js";
import { judgeRun, type VerdictInput } from "../verdict/index.js";

const file = "policies/a/a.rego";

/** What makes a report of a run: the real one, or one with a fault in it. */
export type Judge = (input: VerdictInput) => Report;

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

/** The requirement of the sound world. */
export const soundRequirement: Requirement = {
  id: "SND-1",
  rev: 1,
  level: "MUST",
  method: "mutation",
  text: "The gate MUST refuse what it must.",
  source: { doc: "sound", section: "1" },
  since: "1.0",
};

/** The rule that does it. */
export const soundRule: CitedPlace = {
  kind: "rule",
  name: "a/refuse",
  file,
  row: 5,
  end_row: 9,
  requirements: ["SND-1"],
};

/** Where the case stands. */
export const soundCase: CitedPlace = {
  kind: "case",
  name: soundCheck.id,
  file: soundCheck.file,
  row: 3,
  end_row: 6,
  requirements: ["SND-1"],
};

/** The smallest run in which everything is as it should be: one requirement, one rule, one case that ran the rule. */
export const soundWorld: VerdictInput = {
  product: { name: "sound", version: "1.0.0" },
  requirements: [soundRequirement],
  waivers: [],
  evidence: [soundRule, soundCase],
  checks: [soundCheck],
  executions: [{ check: soundCheck.id, file, lines: [{ from: 5, to: 9 }] }],
  proofs: [{ requirement: "SND-1", state: "killed" }],
  problems: [],
  // The top of each ladder, whatever a version demands.
  demanded: {
    mutation: { rule: "killed", code: "killed" },
    measurement: "within_bound",
    artifact: "valid",
    inspection: "signed",
  },
  today: "2026-01-01",
  profile: "embedded",
  seed: 1,
  only: [],
  inputs: {},
  counts: { interpreter_inputs: 1, disagreements: 0, bypasses: 0 },
};

/** Judges the sound world with something in it made otherwise. */
export function judgeWith(over: Partial<VerdictInput>, judge: Judge = judgeRun): Report {
  return judge({ ...soundWorld, ...over });
}

/** A world in which a second requirement is shown by another method, with this as its evidence. */
export function worldOf(
  method: Exclude<Method, "mutation">,
  ...evidence: readonly Partial<CitedPlace>[]
): VerdictInput {
  const place = { kind: method, name: method, file: `${method}.json`, row: 1, end_row: 1, requirements: ["SND-2"] };
  return {
    ...soundWorld,
    requirements: [soundRequirement, { ...soundRequirement, id: "SND-2", method }],
    evidence: [...soundWorld.evidence, ...evidence.map((over): CitedPlace => ({ ...place, status: "pass", ...over }))],
  };
}
