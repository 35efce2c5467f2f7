import type { Coverage } from "../../policy/index.js";

/** Joins coverage of runs that each loaded a part of the policies: a line counts as reached where any run reached it. */
export function mergeCoverage(parts: readonly Coverage[]): Coverage {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const rows = new Map<string, Map<number, boolean>>();
  for (const { files } of parts) {
    for (const [file, { covered, not_covered }] of Object.entries(files)) {
      const known = rows.get(file) ?? new Map<number, boolean>();
      rows.set(file, known);
      for (const row of rowsOf(not_covered)) if (!known.has(row)) known.set(row, false);
      for (const row of rowsOf(covered)) known.set(row, true);
    }
  }
  const files = Object.fromEntries(
    [...rows]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([file, known]) => {
        const pick = (reached: boolean) => rangesOf([...known].flatMap(([row, was]) => (was === reached ? [row] : [])));
        return [file, { covered: pick(true), not_covered: pick(false) }];
      }),
  );
  const all = [...rows.values()].flatMap((known) => [...known.values()]);
  const percent = all.length === 0 ? 100 : (100 * all.filter((reached) => reached).length) / all.length;
  return { files, percent };
}

/** The share of a file's lines that were reached, in percent. */
export function percentOf(file: Coverage["files"][string]): number {
  const [reached, missed] = [rowsOf(file.covered).length, rowsOf(file.not_covered).length];
  return reached + missed === 0 ? 100 : (100 * reached) / (reached + missed);
}

/** Ranges as people write them: `3-5, 9`. */
export function rangeText(ranges: readonly (readonly [number, number])[]): string {
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(", ");
}

function rowsOf(ranges: readonly (readonly [number, number])[]): number[] {
  return ranges.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, index) => from + index));
}

function rangesOf(rows: readonly number[]): [number, number][] {
  const ranges: [number, number][] = [];
  for (const row of rows.toSorted((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === row - 1) last[1] = row;
    else ranges.push([row, row]);
  }
  return ranges;
}
