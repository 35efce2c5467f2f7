import { ok, type Problem, type Result } from "../../src/index.js";
import type { MutationReport } from "../mutation/index.js";
import {
  type HashedPlace,
  isSamePlace,
  ownTestFile,
  type Provable,
  runStryker,
  type StrykerQuestion,
  showsKilled,
  testFilesOf,
} from "../proof/index.js";

/**
 * Breaks code in two rounds. The first asks, for each place, the test that stands beside it alone: such a test takes moments,
 * where one that starts everything takes seconds for every mutant. What that leaves goes to every test that cites.
 *
 * @returns the reports in the order they were made: the last that speaks of a place counts
 */
export async function proveCode(
  asked: Omit<StrykerQuestion, "places" | "testFiles">,
  code: readonly HashedPlace[],
  provables: readonly Provable[],
): Promise<Result<readonly MutationReport[], readonly Problem[]>> {
  const reports: MutationReport[] = [];
  const testFiles = testFilesOf(provables.filter(({ places }) => isAmong(code, places)));
  const ownTests = new Set(code.flatMap((place) => ownTestFile(place, testFiles) ?? []));
  const beside = code.filter((place) => ownTestFile(place, testFiles) !== undefined);
  const first = await round(asked, beside, [...ownTests].sort());
  if (!first.ok) return first;
  if (first.value !== undefined) reports.push(first.value);
  const left = code.filter((place) => {
    if (reports.some((report) => showsKilled(report, place, provables))) return false;
    const others = testFilesOf(provables.filter(({ places }) => isAmong([place], places)));
    return others.some((file) => file !== ownTestFile(place, testFiles));
  });
  const second = await round(asked, left, testFilesOf(provables.filter(({ places }) => isAmong(left, places))));
  if (!second.ok) return second;
  return ok(second.value === undefined ? reports : [...reports, second.value]);
}

function isAmong(some: readonly HashedPlace[], all: readonly HashedPlace[]): boolean {
  return all.some((place) => some.some((one) => isSamePlace(one, place)));
}

async function round(
  asked: Omit<StrykerQuestion, "places" | "testFiles">,
  places: readonly HashedPlace[],
  testFiles: readonly string[],
): Promise<Result<MutationReport | undefined, readonly Problem[]>> {
  if (places.length === 0 || testFiles.length === 0) return ok(undefined);
  // What an earlier run answered counts for the same tests alone.
  return runStryker({ ...asked, key: `${asked.key} ${testFiles.join(" ")}`, places, testFiles });
}
