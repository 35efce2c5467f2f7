import type { Mutant } from "../mutation/index.js";
import { rowsOf } from "./content-hash.js";

/** Most rows shown of either side. */
const maxRows = 8;

/** The rows that a mutant touches: as they are, each after `-`, and as they were with it, each after `+`. */
export function mutantDiff(source: string, { location: { start, end }, replacement, description }: Mutant): string {
  const rows = rowsOf(source);
  const before = rows.slice(start.line - 1, end.line);
  if (replacement === undefined) return [...marked("-", before), ...marked("+", [description ?? ""])].join("\n");
  const head = (before[0] ?? "").slice(0, start.column - 1);
  const tail = (before.at(-1) ?? "").slice(end.column - 1);
  const after = rowsOf(`${head}${replacement}${tail}`).filter((row) => row.trim() !== "");
  return [...marked("-", before), ...marked("+", after)].join("\n");
}

function marked(sign: "-" | "+", rows: readonly string[]): string[] {
  const shown = rows.slice(0, maxRows).map((row) => `${sign} ${row}`);
  return rows.length > maxRows ? [...shown, `${sign} … ${rows.length - maxRows} more rows`] : shown;
}
