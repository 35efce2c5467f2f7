import type { Problem, Result } from "../../src/index.js";
import { type CitedPlace, endsPath, type Rows } from "../evidence/index.js";
import { readCobertura } from "./cobertura-coverage.js";
import { readLcov } from "./lcov-coverage.js";

/** What a coverage report says of one file. */
export type CoveredFile = {
  /** As the tool wrote it: from the repository's root, from another folder, or absolute. */
  readonly file: string;
  /** How often each line ran that could run; lines from 1. */
  readonly hits: ReadonlyMap<number, number>;
  /** Folders that the file's name may be relative to. */
  readonly sources?: readonly string[];
};

/** Reads a coverage report, LCOV or Cobertura by the look of it. */
export function readCoverage(text: string, report: string): Result<readonly CoveredFile[], Problem> {
  return text.trimStart().startsWith("<") ? readCobertura(text, report) : readLcov(text, report);
}

/**
 * Gives cited code the rows that ran and those that did not. Such reports do not say which test ran a line, only that it
 * ran in the test run. A report's file is a cited one when their paths are the same, or one ends the other and no
 * other cited file's; what no report speaks of stays as it is.
 *
 * @requirement HAR-10
 */
export function withCoverage(places: readonly CitedPlace[], coverage: readonly CoveredFile[]): readonly CitedPlace[] {
  const cited = [...new Set(places.filter(({ kind }) => kind === "code").map(({ file }) => file))];
  const hits = hitsOf(cited, coverage);
  return places.map((place) => {
    const counts = hits.get(place.file);
    if (place.kind !== "code" || counts === undefined) return place;
    const lines = [...counts].filter(([line]) => place.row <= line && line <= place.end_row).sort(([a], [b]) => a - b);
    if (lines.length === 0) return place;
    const rows = (ran: boolean) => rowsOf(lines.filter(([, count]) => count > 0 === ran).map(([line]) => line));
    return { ...place, executed: rows(true), idle: rows(false) };
  });
}

function hitsOf(
  cited: readonly string[],
  coverage: readonly CoveredFile[],
): ReadonlyMap<string, ReadonlyMap<number, number>> {
  const byName = Map.groupBy(cited, (file) => file.split("/").at(-1) ?? file);
  const hits = new Map<string, Map<number, number>>();
  for (const covered of coverage) {
    const file = citedFile(covered, byName.get(covered.file.split("/").at(-1) ?? "") ?? []);
    if (file === undefined) continue;
    const sum = hits.get(file) ?? new Map<number, number>();
    for (const [line, count] of covered.hits) sum.set(line, (sum.get(line) ?? 0) + count);
    hits.set(file, sum);
  }
  return hits;
}

function citedFile({ file, sources = [] }: CoveredFile, cited: readonly string[]): string | undefined {
  const told = [file, ...sources.map((source) => `${source.replace(/\/$/, "")}/${file}`)];
  for (const agree of [
    (one: string, path: string) => one === path,
    (one: string, path: string) => endsPath(one, path),
    (one: string, path: string) => endsPath(path, one),
  ]) {
    const found = cited.filter((one) => told.some((path) => agree(one, path)));
    // The longest of several that end an absolute path is the one; of several that a short path ends, none is.
    const [longest] = found.toSorted((a, b) => b.length - a.length);
    if (found.length === 1 || (found.length > 1 && told.some((path) => endsPath(longest ?? "", path)))) return longest;
  }
  return undefined;
}

function rowsOf(lines: readonly number[]): readonly Rows[] {
  const rows: Rows[] = [];
  for (const line of lines) {
    const last = rows.at(-1);
    if (last !== undefined && line === last.to + 1) rows[rows.length - 1] = { from: last.from, to: line };
    else rows.push({ from: line, to: line });
  }
  return rows;
}
