import { ladders, type Method, type Requirement, type Rung } from "../../src/index.js";
import type { JudgedEvidence } from "./judged-evidence.js";
import type { DemandedRungs, Proof } from "./verdict-input.js";

/** One rung of a requirement's ladder: whether it holds, and if not, why and whether anybody could have seen. */
export type RungState = {
  readonly rung: Rung;
  readonly gaps: readonly string[];
  /** Nothing failed: it was not looked at, or what should tell did not run. */
  readonly unseen: boolean;
};

/** The rung demanded of a requirement: for rules another than for code alone. */
export function demandedRung(
  { method }: Pick<Requirement, "method">,
  evidence: readonly JudgedEvidence[],
  demanded: DemandedRungs,
): Rung {
  if (method !== "mutation") return demanded[method];
  return evidence.some((one) => one.kind === "rule") ? demanded.mutation.rule : demanded.mutation.code;
}

/** Every rung of the requirement's method, lowest first, each looked at by itself. */
export function rungStates(
  { method }: Pick<Requirement, "method">,
  evidence: readonly JudgedEvidence[],
  proof: Proof["state"] | undefined,
): readonly RungState[] {
  const rungs: readonly Rung[] = ladders[method];
  return rungs.map((rung) => stateOf(rung, method, evidence, proof));
}

function stateOf(
  rung: Rung,
  method: Method,
  evidence: readonly JudgedEvidence[],
  proof: Proof["state"] | undefined,
): RungState {
  switch (rung) {
    case "cited":
      return { rung, gaps: citedGaps(method, evidence), unseen: false };
    case "resolved":
    case "present":
      return { rung, gaps: resolvedGaps(evidence), unseen: false };
    case "passed":
      return passed(rung, evidence, ["case", "attack", "test"]);
    case "executed":
      return executed(rung, evidence);
    case "killed":
      return { rung, gaps: proof === "killed" ? [] : [killedGap(proof)], unseen: proof === undefined };
    case "measured":
      return measured(rung, evidence);
    case "within_bound":
      return passed(rung, evidence, ["measurement"]);
    case "valid":
      return passed(rung, evidence, ["artifact"]);
    case "signed":
      return passed(rung, evidence, ["inspection"]);
  }
}

function citedGaps(method: Method, evidence: readonly JudgedEvidence[]): string[] {
  if (method !== "mutation") return evidence.length > 0 ? [] : ["nothing cites it"];
  const gaps: string[] = [];
  if (!evidence.some((one) => one.kind === "rule" || one.kind === "code")) gaps.push("no rule and no code cites it");
  if (!evidence.some((one) => isTrial(one.kind))) gaps.push("no case, attack or test cites it");
  return gaps;
}

function isTrial(kind: JudgedEvidence["kind"]): boolean {
  return kind === "case" || kind === "attack" || kind === "test";
}

function resolvedGaps(evidence: readonly JudgedEvidence[]): string[] {
  if (evidence.length === 0) return ["nothing cites it"];
  return evidence.filter((one) => !one.resolved).map((one) => `${nameOf(one)}: ${one.detail ?? "points at no code"}`);
}

/** All of these kinds passed, and there is at least one; what was skipped says nothing. */
function passed(rung: Rung, evidence: readonly JudgedEvidence[], kinds: readonly JudgedEvidence["kind"][]): RungState {
  const mine = evidence.filter((one) => kinds.includes(one.kind) && one.status !== "skip");
  const open = mine.filter((one) => one.status !== "pass");
  if (mine.length === 0)
    return { rung, gaps: [`no ${kinds.join(", ").replace(/, (?=\w+$)/, " or ")} of it ran`], unseen: true };
  return {
    rung,
    gaps: open.map((one) => `${nameOf(one)}: ${wordFor[one.status]}`),
    unseen: open.every((one) => one.status === "unverified"),
  };
}

const wordFor = {
  pass: "passed",
  fail: "failed",
  xfail: "fails, as expected for now",
  xpass: "passes though it is expected to fail",
  skip: "was skipped",
  waived: "was waived",
  unverified: "has no result",
  stale: "is stale",
  planned: "is planned",
} as const satisfies Record<JudgedEvidence["status"], string>;

function executed(rung: Rung, evidence: readonly JudgedEvidence[]): RungState {
  const rules = evidence.filter((one) => one.kind === "rule");
  if (rules.length === 0) return { rung, gaps: ["no rule cites it, and other lines are not watched"], unseen: true };
  const open = rules.filter((one) => one.status !== "pass");
  return {
    rung,
    gaps: open.map((one) => `${nameOf(one)}: ${one.detail ?? "did not run"}`),
    unseen: open.every((one) => one.executed === undefined && one.resolved),
  };
}

function measured(rung: Rung, evidence: readonly JudgedEvidence[]): RungState {
  const figures = evidence.filter((one) => one.kind === "measurement" && ["pass", "fail"].includes(one.status));
  return { rung, gaps: figures.length > 0 ? [] : ["no measurement is recorded"], unseen: true };
}

function killedGap(proof: Exclude<Proof["state"], "killed"> | undefined): string {
  if (proof === "survived") return "a mutant of the cited lines survived";
  return proof === "stale" ? "the recorded proof is of other lines" : "no proof is recorded";
}

function nameOf(one: JudgedEvidence): string {
  return `${one.kind} ${one.name} (${one.file}:${one.row})`;
}
