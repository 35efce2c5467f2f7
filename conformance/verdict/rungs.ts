import {
  ladders,
  type Method,
  type ProofResult,
  type ProofState,
  type Requirement,
  type Rung,
} from "../../src/index.js";
import type { JudgedEvidence } from "./judged-evidence.js";
import type { DemandedRungs, Proof } from "./verdict-input.js";

/** One rung of a requirement's ladder: whether it holds, and if not, why and whether anybody could have seen. */
export type RungState = {
  readonly rung: Rung;
  readonly gaps: readonly string[];
  /** Nothing failed: it was not looked at, or what should tell did not run. */
  readonly unseen: boolean;
};

/**
 * The rung demanded of a requirement: for rules another than for code alone.
 *
 * @requirement HAR-03
 */
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
  proof: Proof | undefined,
): readonly RungState[] {
  const rungs: readonly Rung[] = ladders[method];
  return rungs.map((rung) => stateOf(rung, method, evidence, proof));
}

/** @requirement HAR-03 */
function stateOf(rung: Rung, method: Method, evidence: readonly JudgedEvidence[], proof: Proof | undefined): RungState {
  switch (rung) {
    case "cited":
    case "resolved":
    case "present":
      return { rung, gaps: rung === "cited" ? citedGaps(method, evidence) : resolvedGaps(evidence), unseen: false };
    case "passed":
      return passed(rung, evidence, ["case", "attack", "test"]);
    case "executed":
      return executed(rung, evidence, proof);
    case "killed":
      return killed(rung, proof);
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

/**
 * Rules are watched while their cases are replayed, code while its mutants are tried. What is cited by neither is
 * missing a lower rung.
 *
 * @requirement HAR-03
 */
function executed(rung: Rung, evidence: readonly JudgedEvidence[], proof: Proof | undefined): RungState {
  const rules = evidence.filter((one) => one.kind === "rule");
  const code = evidence.filter((one) => one.kind === "code");
  const open = rules.filter((one) => one.status !== "pass");
  const idle = code.filter((one) => one.status !== "pass" || !ran(one, proof));
  return {
    rung,
    gaps: [
      ...open.map((one) => `${nameOf(one)}: ${one.detail}`),
      ...idle.map(
        (one) => `${nameOf(one)}: ${one.detail ?? "no recorded proof shows that a trial that cites it ran it"}`,
      ),
    ],
    unseen: [...open, ...idle].every((one) => one.executed === undefined && one.resolved),
  };
}

/** Whether a trial that cites the requirement ran lines of this code, as other tools or the proof recorded it. */
function ran({ name, file, row, executed: lines = [] }: JudgedEvidence, proof: Proof | undefined): boolean {
  if (proof?.state === "killed" || lines.length > 0) return true;
  const place = proof?.result?.places.find((one) => one.file === file && one.row === row && one.name === name);
  return place !== undefined && place.state !== "stale" && place.killed + place.covered > 0;
}

/** @requirement HAR-03 */
function killed(rung: Rung, proof: Proof | undefined): RungState {
  const places = (proof?.result?.places ?? []).filter((one) => one.state !== "killed");
  const told = places.map((one) => `${one.kind} ${one.name} (${one.file}:${one.row}): ${placeGap(one)}`);
  const unseen = proof === undefined || proof.state === "missing";
  if (proof?.state === "killed") return { rung, gaps: [], unseen };
  return { rung, gaps: told.length > 0 ? told : [killedGap(proof?.state)], unseen };
}

function placeGap({ state, survived, killed: died }: ProofResult["places"][number]): string {
  if (state === "survived") return `${survived} of ${survived + died} mutants survived`;
  return state === "killed" ? "every mutant was noticed" : killedGap(state);
}

function measured(rung: Rung, evidence: readonly JudgedEvidence[]): RungState {
  const figures = evidence.filter((one) => one.kind === "measurement" && ["pass", "fail"].includes(one.status));
  return { rung, gaps: figures.length > 0 ? [] : ["no measurement is recorded"], unseen: true };
}

function killedGap(state: Exclude<ProofState, "killed"> | undefined): string {
  if (state === "survived") return "a mutant of the cited lines survived";
  return state === "stale" ? "the recorded proof is of other lines or trials" : "no proof is recorded";
}

function nameOf(one: JudgedEvidence): string {
  return `${one.kind} ${one.name} (${one.file}:${one.row})`;
}
