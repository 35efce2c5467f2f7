import type { MutantOutcome, RegoMutation } from "./mutate-rego.js";
import type { Mutant, MutantStatus, MutationReport } from "./mutation-report.js";
import { digest } from "./rego-trials.js";

/** Most trials that a mutant names; all are counted. */
const mostNamed = 50;

const statuses = {
  killed: "Killed",
  survived: "Survived",
  invalid: "CompileError",
  equal: "Ignored",
  late: "Timeout",
} as const satisfies Record<MutantOutcome["result"]["status"], MutantStatus>;

/** How a mutant ended, in the words of mutation-testing-elements. */
export function statusOf({ result, covering }: Pick<MutantOutcome, "result" | "covering">): MutantStatus {
  return result.status === "survived" && covering.length === 0 ? "NoCoverage" : statuses[result.status];
}

/** A mutant of the report with the requirements that its rule cites. */
export type ToldMutant = { readonly file: string; readonly mutant: Mutant; readonly requirements: readonly string[] };

/** The report, and its mutants in order. */
export type RegoReport = { readonly report: MutationReport; readonly mutants: readonly ToldMutant[] };

/**
 * Writes what came of the mutants as a report of mutation-testing-elements.
 *
 * @param textOf - the text of a policy or data file, by its path
 * @param fromRoot - a path of the policies' as it is from the repository's root
 */
export function regoReport(
  { outcomes, trials }: RegoMutation,
  textOf: (file: string) => string,
  fromRoot: (file: string) => string,
): RegoReport {
  const all: ToldMutant[] = [];
  const files: Record<string, MutationReport["files"][string]> = {};
  const seen = new Map<string, number>();
  const named = (places: readonly number[]) => places.slice(0, mostNamed).flatMap((place) => trials[place]?.id ?? []);
  for (const outcome of outcomes) {
    const { result, covering } = outcome;
    const { file: path, mutant } = describe(outcome, textOf);
    const file = fromRoot(path);
    files[file] ??= { language: file.endsWith(".rego") ? "rego" : "yaml", source: textOf(path), mutants: [] };
    const told: Mutant = {
      ...mutant,
      id: uniqueId(file, mutant, seen),
      status: statusOf(outcome),
      coveredBy: named(covering),
      killedBy: named(result.killed_by),
      testsCompleted: result.asked,
    };
    const reason = result.status === "equal" ? "equivalent: the same rule once compiled" : result.why;
    const whole = reason === undefined ? told : { ...told, statusReason: reason.slice(0, 1000) };
    files[file].mutants.push(whole);
    all.push({ file, mutant: whole, requirements: outcome.requirements });
  }
  const testFiles = testFilesOf(trials, fromRoot);
  return { report: { schemaVersion: "2.0", thresholds: { high: 95, low: 80 }, files, testFiles }, mutants: all };
}

/** The same mutant has the same id while its rule stays in its file, wherever it moves. */
function uniqueId(
  file: string,
  { mutatorName, replacement = "", location }: Omit<Mutant, "id" | "status">,
  seen: Map<string, number>,
): string {
  const { start, end } = location;
  const base = digest(JSON.stringify([file, mutatorName, replacement, start, end])).slice(0, 16);
  const times = seen.get(base) ?? 0;
  seen.set(base, times + 1);
  return times === 0 ? base : `${base}-${times}`;
}

function describe(
  { what }: MutantOutcome,
  textOf: (file: string) => string,
): { readonly file: string; readonly mutant: Omit<Mutant, "id" | "status"> } {
  if ("rule" in what) {
    const { file, operator, row, col, end_row, end_col, text } = what.mutant;
    const location = { start: { line: row, column: col }, end: { line: end_row, column: end_col } };
    return { file, mutant: { mutatorName: operator, location, replacement: text } };
  }
  const { file, row, col, operator, path, value } = what.data;
  const line = textOf(file).split("\n")[row - 1] ?? "";
  const location = { start: { line: row, column: col }, end: { line: row, column: Math.max(col, line.length) + 1 } };
  const name = path.join(".");
  const description = value === undefined ? `without data.${name}` : `data.${name} is ${JSON.stringify(value)}`;
  const replacement = value === undefined ? "" : JSON.stringify(value);
  return { file, mutant: { mutatorName: operator, location, replacement, description } };
}

function testFilesOf(
  trials: RegoMutation["trials"],
  fromRoot: (file: string) => string,
): NonNullable<MutationReport["testFiles"]> {
  const files: NonNullable<MutationReport["testFiles"]> = {};
  for (const { id, kind, file: path, row } of trials) {
    const file = kind === "test" ? fromRoot(path) : path;
    files[file] ??= { tests: [] };
    files[file].tests.push({ id, name: id, location: { start: { line: row, column: 1 } } });
  }
  return files;
}
