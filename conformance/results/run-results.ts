import { err, ok, type Problem, type Result } from "../../src/index.js";
import type { Config } from "../config/index.js";
import { readJunit, type TestResult } from "../evidence/index.js";
import { type MutationReport, readMutationReport } from "../mutation/index.js";
import { type CoveredFile, readCoverage } from "./coverage.js";
import { readCtrf } from "./ctrf-results.js";
import { type ResultFile, readResultFiles } from "./result-files.js";

/** What other programs found out about a repository. */
export type RunResults = {
  readonly tests: readonly TestResult[];
  readonly coverage: readonly CoveredFile[];
  readonly mutants: readonly MutationReport[];
};

/**
 * Reads the results, the coverage and the mutants that the configuration names.
 *
 * @returns on failure every file that is not there, cannot be read, or is not what it should be
 * @requirement HAR-10
 */
export function readRunResults(
  config: Pick<Config, "root" | "results" | "coverage" | "mutants">,
): Result<RunResults, readonly Problem[]> {
  const tests = readAll(config, "results", readTests);
  const coverage = readAll(config, "coverage", ({ text, file }) => listed(readCoverage(text, file)));
  const mutants = readAll(config, "mutants", ({ text, file }) => readMutationReport(text, file));
  if (tests.ok && coverage.ok && mutants.ok) {
    return ok({ tests: tests.value.flat(), coverage: coverage.value.flat(), mutants: mutants.value });
  }
  return err([tests, coverage, mutants].flatMap((one) => (one.ok ? [] : one.error)));
}

/** Test results, JUnit or CTRF by the look of them. */
function readTests({ text, file }: ResultFile): Result<readonly TestResult[], readonly Problem[]> {
  return text.trimStart().startsWith("{") ? readCtrf(text, file) : listed(readJunit(text, file));
}

/** What each file of a key gives, or every problem of them. */
function readAll<T>(
  config: Parameters<typeof readRunResults>[0],
  key: "results" | "coverage" | "mutants",
  read: (file: ResultFile) => Result<T, readonly Problem[]>,
): Result<readonly T[], readonly Problem[]> {
  const files = readResultFiles(config.root, key, config[key] ?? []);
  if (!files.ok) return files;
  const parts = files.value.map(read);
  const problems = parts.flatMap((part) => (part.ok ? [] : part.error));
  return problems.length > 0 ? err(problems) : ok(parts.flatMap((part) => (part.ok ? [part.value] : [])));
}

function listed<T>(result: Result<T, Problem>): Result<T, readonly Problem[]> {
  return result.ok ? result : err([result.error]);
}
