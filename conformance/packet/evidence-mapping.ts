import type { VisibleLine } from "./markdown-document.js";
import type { PacketField } from "./parse-packet.js";
import { isPlaceholder } from "./placeholder.js";

/** One place that is said to meet a requirement: rows from 1, both included. */
export type EvidenceLocation = { readonly file: string; readonly row: number; readonly end_row: number };

/** A line of EVIDENCE_MAPPING: what it is evidence for, and the places, or why it says nothing. */
export type EvidenceEntry = {
  readonly requirement: string;
  readonly locations: readonly EvidenceLocation[];
  /** The packet's row. */
  readonly row: number;
  readonly fault?: string;
};

/**
 * Reads EVIDENCE_MAPPING: `REQUIREMENT -> FILE:LINE, FILE:LINE-LINE` as items, lines, code or rows of a table. A line
 * that does not have that form is an entry with a fault, for evidence that cannot be read is none.
 */
export function evidenceEntries(field: PacketField): EvidenceEntry[] {
  const code = field.code
    .filter(({ text }) => text.trim() !== "")
    .map(({ text, row }): VisibleLine => ({ text: text.trim(), codes: [], row }));
  return [...field.lines, ...code].filter((line) => !isTableHead(line)).map(entryOf);
}

function entryOf({ text, cells, row }: VisibleLine): EvidenceEntry {
  const [requirement = "", ...targets] = cells === undefined ? split(text) : cells.map((cell) => cell.trim());
  const parts = targets.flatMap((target) => target.split(/\s*[,;]\s*|\s+and\s+/)).filter((part) => part !== "");
  const fault = whyNoEntry(text, requirement, parts);
  if (fault !== undefined) return { requirement: requirement === "" ? text : requirement, locations: [], row, fault };
  return { requirement, locations: parts.flatMap((part) => evidenceLineIn(part) ?? []), row };
}

/**
 * Says why a line of the mapping is no evidence: it names no requirement, or instead of a place nothing, the template's
 * words or something else.
 *
 * @param text - the line as it stands
 * @param parts - what it names as places
 * @requirement MEX-15
 */
export function whyNoEntry(text: string, requirement: string, parts: readonly string[]): string | undefined {
  if (requirement === "") return `“${text}” is not REQUIREMENT -> FILE:LINE`;
  if (parts.length === 0 || [requirement, ...parts].some(isPlaceholder)) return `“${text}” holds the template's words`;
  const bad = parts.find((part) => evidenceLineIn(part) === undefined);
  return bad === undefined ? undefined : `“${bad}” is not FILE:LINE`;
}

function split(text: string): string[] {
  const found = /^(.*?)\s*(?:-+>|=+>|→|⇒|↦|➜)\s*(.*)$/u.exec(text);
  return found === null ? [] : [found[1] ?? "", found[2] ?? ""];
}

/** The head of a table names its columns. */
function isTableHead({ cells }: VisibleLine): boolean {
  return (
    cells !== undefined && /^(?:requirement|id|evidence|req)s?\b/i.test(cells[0] ?? "") && !/:\d/.test(cells.join(" "))
  );
}

/**
 * Reads `FILE:LINE`, `FILE:LINE-LINE`, `FILE#L1-L9`.
 *
 * @returns undefined where it is none of these; a line 0 or beyond nine digits is none
 */
export function evidenceLineIn(text: string): EvidenceLocation | undefined {
  const found = /^[`'"]?([^\s`'"<>|*?[\]:#]+)(?::L?|#L)(\d{1,9})(?:[-–](?:L)?(\d{1,9}))?[`'"]?$/u.exec(text.trim());
  if (found === null) return undefined;
  const [, file = "", first = "", last] = found;
  const row = Number(first);
  const end_row = last === undefined ? row : Number(last);
  return row < 1 ? undefined : { file: file.replace(/^\.\//, ""), row, end_row };
}
