import type { Standing, StandingEvidence } from "../standing.js";

/** A place whose lines are told apart by a letter. */
export function placeExample(over: Partial<StandingEvidence> = {}): StandingEvidence {
  return {
    kind: "test",
    name: "refuses a semicolon",
    file: "src/a.test.ts",
    status: "pass",
    lines_sha256: "a".repeat(64),
    ...over,
  };
}

/** A requirement that stands at `passed`, with one rule and one test. */
export function standingExample(over: Partial<Standing> = {}): Standing {
  return {
    id: "EXE-15",
    rev: 2,
    level: "MUST",
    method: "mutation",
    since: "0.1",
    text: "The gate MUST refuse what no profile describes.",
    reached: ["cited", "resolved", "passed"],
    evidence: [
      placeExample({ kind: "rule", name: "command/not_allowed", file: "policies/a.rego", lines_sha256: "b".repeat(64) }),
      placeExample(),
    ],
    ...over,
  };
}
