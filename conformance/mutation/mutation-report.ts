import Type, { type Static } from "typebox";
import { err, ok, type Problem, parserOf, parseStrictJson, problemsOfIssues, type Result } from "../../src/index.js";

/**
 * A report in the schema of mutation-testing-elements, version 2: what Stryker writes, what other tools for other
 * languages write, and what mutating Rego gives. Keys that are not read here may be there.
 *
 * Source: https://github.com/stryker-mutator/mutation-testing-elements, packages/report-schema
 */
const Position = Type.Object({
  line: Type.Integer({ minimum: 1 }),
  /** Counts from 1, in UTF-16 units. */
  column: Type.Integer({ minimum: 1 }),
});
const Range = Type.Object({ start: Position, end: Position });

/** How a mutant ended. `Ignored` with a reason is also how an equivalent one is told. */
export const MutantStatus = Type.Enum([
  "Killed",
  "Survived",
  "NoCoverage",
  "CompileError",
  "RuntimeError",
  "Timeout",
  "Ignored",
  "Pending",
]);
export type MutantStatus = Static<typeof MutantStatus>;

export const Mutant = Type.Object({
  id: Type.String({ maxLength: 500 }),
  mutatorName: Type.String({ maxLength: 200 }),
  location: Range,
  /** What stands in the range instead of the original text. */
  replacement: Type.Optional(Type.String()),
  description: Type.Optional(Type.String()),
  status: MutantStatus,
  statusReason: Type.Optional(Type.String()),
  /** Ids of the tests, of `testFiles`, that run the mutated lines. */
  coveredBy: Type.Optional(Type.Array(Type.String())),
  /** Ids of the tests that noticed. */
  killedBy: Type.Optional(Type.Array(Type.String())),
  testsCompleted: Type.Optional(Type.Integer({ minimum: 0 })),
});
export type Mutant = Static<typeof Mutant>;

const MutatedFile = Type.Object({
  language: Type.String(),
  source: Type.String(),
  mutants: Type.Array(Mutant),
});

const MutationTest = Type.Object({
  id: Type.String(),
  name: Type.String(),
  location: Type.Optional(Type.Object({ start: Position, end: Type.Optional(Position) })),
});

export const MutationReport = Type.Object(
  {
    schemaVersion: Type.String(),
    thresholds: Type.Object({ high: Type.Number(), low: Type.Number() }),
    /** By path from the repository's root. */
    files: Type.Record(Type.String(), MutatedFile),
    testFiles: Type.Optional(Type.Record(Type.String(), Type.Object({ tests: Type.Array(MutationTest) }))),
  },
  { $id: "lockkeeper/mutation-elements" },
);
export type MutationReport = Static<typeof MutationReport>;

const parse = parserOf(MutationReport);

/** Such reports hold every source they speak of. */
const bounds = { bytes: 64 * 1024 * 1024, depth: 50, nodes: 4_000_000 };

/**
 * Reads a mutation report of any tool.
 *
 * @param name - the file's name, for the places of problems
 */
export function readMutationReport(text: string, name: string): Result<MutationReport, readonly Problem[]> {
  const document = parseStrictJson(text, name, bounds);
  if (!document.ok) return document;
  const parsed = parse(document.value.value);
  return parsed.ok ? ok(parsed.value) : err(problemsOfIssues(document.value, parsed.error));
}
