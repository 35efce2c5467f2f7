import type { CitedPlace } from "./cited-place.js";
import type { TestResult } from "./junit-results.js";
import { type PackageOf, resultsByPath } from "./test-paths.js";

/**
 * Gives every cited test what came of it. A test whose title is filled in while running (`it.each`) has as many
 * results as it ran: one failure fails it, and it passes when one passed. Without a result, or with one that may as well
 * be another cited test's, it is `unverified`. Places of other kinds stay as they are.
 *
 * @param packageOf - how the package that a file belongs to is called
 */
export function withTestResults(
  places: readonly CitedPlace[],
  results: readonly TestResult[],
  packageOf: PackageOf = () => undefined,
): readonly CitedPlace[] {
  const byFile = Map.groupBy(results, fileOf);
  const byPath = resultsByPath(places, results, packageOf);
  return places.map((place) => {
    if (place.kind !== "test") return place;
    const found = place.path === undefined ? undefined : byPath(place);
    if (found === "ambiguous") {
      return { ...place, status: "unverified", detail: "its result may as well be that of another cited test" };
    }
    const mine = found ?? (byFile.get(place.file) ?? []).filter((one) => isTitled(place, one));
    const failed = mine.find((one) => one.status === "fail");
    if (failed !== undefined) {
      return { ...place, status: "fail", detail: `${failed.name}: ${failed.detail ?? "failed"}` };
    }
    if (mine.some((one) => one.status === "pass")) return { ...place, status: "pass" };
    if (mine.length > 0) return { ...place, status: "skip", detail: "the test was skipped" };
    return { ...place, status: "unverified", detail: "no test result was found for it" };
  });
}

function fileOf({ source, file }: TestResult): string {
  return source ?? file;
}

/** Whether a result has a test's title, as one text or with its suites apart. */
function isTitled({ title, name }: CitedPlace, result: TestResult): boolean {
  const { suites = [] } = result;
  const own = suites[0] === fileOf(result) ? suites.slice(1) : suites;
  const names = [result.name, ...(own.length === 0 ? [] : [[...own, result.name].join(" > ")])];
  return names.some((one) => titleHolds(title ?? [name], one));
}

/** The files of cited tests, sorted: what a runner must run so that each has a result. */
export function citedTestFiles(places: readonly CitedPlace[]): readonly string[] {
  return [...new Set(places.filter((place) => place.kind === "test").map((place) => place.file))].sort();
}

/** Whether a name is these parts in this order with anything between; linear, so a hostile title costs nothing. */
export function titleHolds(parts: readonly string[], name: string): boolean {
  const [first = "", ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}
