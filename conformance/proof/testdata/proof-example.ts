import type { Requirement } from "../../../src/index.js";
import type { Mutant, MutationReport } from "../../mutation/index.js";
import { contentHash } from "../content-hash.js";
import type { HashedPlace, Provable, Trial } from "../provable.js";

/** A file of which rows 3 to 5 are cited. */
export const source = "import a from 'a';\n\nexport function isOpen(n: number): boolean {\n  return n > 7;\n}\n";

/** The cited function. */
export function placeExample(over: Partial<HashedPlace> = {}): HashedPlace {
  const range = { row: 3, end_row: 5 };
  return {
    kind: "code",
    name: "isOpen",
    file: "src/open.ts",
    ...range,
    requirements: ["EXE-15"],
    sha256: contentHash(source, range),
    ...over,
  };
}

/** A test that cites the requirement. */
export const testTrial: Trial = {
  kind: "test",
  name: "isOpen > is true past seven",
  file: "src/open.test.ts",
  sha256: "1".repeat(64),
  title: ["isOpen > is true past seven"],
};

/** A case that cites the requirement. */
export const caseTrial: Trial = {
  kind: "case",
  name: "open-hours-001",
  file: "specs/attacks/open-hours.yaml",
  sha256: "2".repeat(64),
  title: ["open-hours-001"],
};

/** A mutant of row 4, which a test of the requirement noticed. */
export function mutantExample(over: Partial<Mutant> = {}): Mutant {
  return {
    id: "1",
    mutatorName: "EqualityOperator",
    location: { start: { line: 4, column: 10 }, end: { line: 4, column: 15 } },
    replacement: "n >= 7",
    status: "Killed",
    coveredBy: ["0"],
    killedBy: ["0"],
    ...over,
  };
}

/** A report in which test 0 cites the requirement and test 1 does not. */
export function mutationExample(mutants: readonly Mutant[], text = source): MutationReport {
  return {
    schemaVersion: "2.0",
    thresholds: { high: 80, low: 60 },
    files: { "src/open.ts": { language: "typescript", source: text, mutants: [...mutants] } },
    testFiles: {
      "src/open.test.ts": {
        tests: [
          { id: "0", name: "isOpen > is true past seven" },
          { id: "1", name: "isOpen > is fast" },
        ],
      },
      "src/other.test.ts": { tests: [{ id: "2", name: "isOpen > is true past seven" }] },
    },
  };
}

/** A requirement that its place and trials are there for. */
export function provableExample(over: Partial<Provable> = {}): Provable {
  return { requirement, places: [placeExample()], trials: [testTrial, caseTrial], ...over };
}

const requirement: Requirement = {
  id: "EXE-15",
  rev: 1,
  level: "MUST",
  method: "mutation",
  text: "The gate MUST open past seven only.",
  source: { doc: "design card", section: "scope" },
  since: "0.1",
};
