import type { Requirement, RequirementResult, Rung, Status } from "../../src/index.js";
import { isInForce } from "../spec/index.js";
import { boundedText } from "./bounded-text.js";
import type { JudgedEvidence } from "./judged-evidence.js";
import { demandedRung, type RungState, rungStates } from "./rungs.js";
import type { Proof, VerdictInput } from "./verdict-input.js";

/** A requirement's result. */
export type JudgedRequirement = {
  readonly result: RequirementResult;
  /** The rungs up to the demanded one that do not hold, waived or not. */
  readonly missing: readonly Rung[];
  /** Mutants of its lines survived, and no waiver excuses that. */
  readonly survived: boolean;
};

/**
 * Judges one requirement.
 *
 * A MUST passes when every rung up to the demanded one holds. A rung that does not is a gap, and a gap fails unless it
 * is waived; where nothing failed and only nobody looked, it is `unverified`. An expected failure (`xfail`) is a gap of
 * a MUST as well: that it is expected excuses the case, and only a waiver, with owner and expiry, excuses the
 * requirement. A SHOULD with gaps is skipped, the gaps being the reason, unless something of it failed.
 *
 * @param excused - rungs of this requirement that a waiver in force excuses
 * @requirement HAR-03
 */
export function judgeRequirement(
  requirement: Requirement,
  evidence: readonly JudgedEvidence[],
  excused: ReadonlySet<string>,
  proof: Proof | undefined,
  input: Pick<VerdictInput, "demanded" | "product">,
): JudgedRequirement {
  const states = rungStates(requirement, evidence, proof);
  const firstOpen = states.findIndex((state) => state.gaps.length > 0);
  const reached = (firstOpen === -1 ? states : states.slice(0, firstOpen)).map((state) => state.rung);
  const planned = !isInForce(requirement, input.product.version);
  const demanded = planned ? null : demandedRung(requirement, evidence, input.demanded);
  const last = states.findIndex((state) => state.rung === demanded);
  const missing = planned ? [] : states.slice(0, last + 1).filter((state) => state.gaps.length > 0);
  const open = missing.filter((state) => !excused.has(state.rung));
  const status = planned ? "planned" : statusOf(requirement, evidence, missing, open, proof?.state);
  // Where nothing cites it, every rung is missing for that one reason.
  const told = evidence.length === 0 ? missing.slice(0, 1) : missing;
  const shown = proof?.result === undefined ? {} : { proof: proof.result };
  const { id, rev, level, method, text, source, since } = requirement;
  return {
    result: {
      id,
      rev,
      level,
      method,
      text,
      source: boundedText(`${source.doc}, ${source.section}`, 300),
      since,
      status,
      reached,
      demanded,
      gaps: told.flatMap((state) => state.gaps.map((gap) => boundedText(gapText(state, gap, excused), 1000))),
      evidence: evidence.map(({ resolved: _, ...one }) => one),
      ...shown,
    },
    missing: missing.map((state) => state.rung),
    survived: !planned && level === "MUST" && proof?.state === "survived" && !excused.has("killed"),
  };
}

/**
 * What became of a requirement in force.
 *
 * @param missing - rungs up to the demanded one that do not hold
 * @param open - those of them that no waiver excuses
 * @requirement HAR-04
 */
function statusOf(
  { level }: Requirement,
  evidence: readonly JudgedEvidence[],
  missing: readonly RungState[],
  open: readonly RungState[],
  proof: Proof["state"] | undefined,
): Status {
  const failed = evidence.some((one) => one.status === "fail" || one.status === "xpass");
  if (open.length === 0) {
    if (missing.length > 0) return "waived";
    return failed ? "fail" : "pass";
  }
  if (failed) return "fail";
  if (proof === "stale" && open.every(isProven)) return "stale";
  if (level === "SHOULD") return evidence.some((one) => one.status === "xfail") ? "xfail" : "skip";
  return open.every((state) => state.unseen) ? "unverified" : "fail";
}

/** Whether a rung is known from the recorded proof alone. */
function isProven({ rung, unseen }: RungState): boolean {
  return rung === "killed" || (rung === "executed" && unseen);
}

function gapText(state: RungState, gap: string, excused: ReadonlySet<string>): string {
  return `${state.rung}: ${gap}${excused.has(state.rung) ? " (waived)" : ""}`;
}
