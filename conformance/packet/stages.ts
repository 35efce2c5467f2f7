import type { JudgedItem } from "./check-evidence.js";
import { isBlocked, type PacketFinding } from "./packet-rules.js";
import type { PacketStatus } from "./pre-flight.js";

/** The stages of a validation, in their order. */
export const stageNames = [
  "pre-flight",
  "anchor",
  "requirements",
  "evidence",
  "hygiene",
  "tests",
  "task board",
] as const;

/** One of {@link stageNames}. */
export type StageName = (typeof stageNames)[number];

/** What became of a stage; `reason` says why one was not run. */
export type Stage = {
  readonly name: StageName;
  readonly state: "pass" | "fail" | "not run";
  readonly reason?: string;
};

/** What a validation comes to. */
export type Verdict = {
  readonly verdict: "PASS" | "FAIL";
  /** Set where the packet goes back: a packet that fails is to be worked on again. */
  readonly returned_to: PacketStatus | null;
};

/**
 * A stage that was run: it passes only where nothing was found.
 *
 * @requirement MEX-13, MEX-18
 */
export function judgedStage(name: StageName, findings: readonly PacketFinding[]): Stage {
  return { name, state: findings.length === 0 ? "pass" : "fail" };
}

/**
 * Why the stages after one are left out, if they are.
 *
 * @requirement MEX-13, MEX-15
 */
export function blockOf(name: StageName, findings: readonly PacketFinding[]): string | undefined {
  if (!isBlocked(findings)) return undefined;
  if (name === "pre-flight") return "blocked by pre-flight failure";
  return name === "anchor" ? "blocked by spec mismatch" : "blocked by placeholder evidence";
}

/**
 * Why hygiene and tests are left out where no evidence is code.
 *
 * @param files - those whose lines are
 * @requirement MEX-13
 */
export function implementationBlock(files: readonly string[]): string | undefined {
  return files.length === 0 ? "no implementation exists" : undefined;
}

/**
 * PASS where every stage was run and passed and nothing was found; else FAIL, and the packet goes back.
 *
 * @requirement MEX-13, MEX-18
 */
export function verdictOf(stages: readonly Stage[], findings: readonly PacketFinding[]): Verdict {
  if (findings.length === 0 && stages.every(({ state }) => state === "pass")) {
    return { verdict: "PASS", returned_to: null };
  }
  return { verdict: "FAIL", returned_to: "Ready for Dev" };
}

/** The verdict in a sentence: which stages failed with how much, the gaps, and what was not run and why. */
export function reasonOf(
  stages: readonly Stage[],
  findings: readonly PacketFinding[],
  requirements: readonly JudgedItem[],
): string {
  const failed = stages.filter(({ state }) => state === "fail").map(({ name }) => name);
  const skipped = stages.filter(({ state }) => state === "not run");
  const gaps = requirements.filter(({ gap }) => gap !== undefined).length;
  if (failed.length === 0 && skipped.length === 0) {
    return `all ${requirements.length} requirements are met by code that is there, nothing forbidden was found, and every test passed`;
  }
  const why = [...new Set(skipped.map(({ reason = "" }) => reason))].join("; ");
  return [
    ...(failed.length === 0
      ? []
      : [`${failed.join(", ")} failed with ${findings.length} ${findings.length === 1 ? "finding" : "findings"}`]),
    ...(gaps === 0 ? [] : [`${gaps} of ${requirements.length} requirements are gaps`]),
    ...(skipped.length === 0 ? [] : [`not run: ${skipped.map(({ name }) => name).join(", ")} (${why})`]),
  ].join("; ");
}
