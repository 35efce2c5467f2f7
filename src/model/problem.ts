import type { ErrorCode } from "./error-codes.js";

/** Where a problem is: a file, a row and a column (both from 1), and the text of that row. */
export type Place = {
  readonly file: string;
  readonly row?: number;
  readonly col?: number;
  readonly end_row?: number;
  readonly source_line?: string;
};

/** What went wrong in something a person wrote: one message, its place, and what to do about it. */
export type Problem = {
  readonly code: ErrorCode;
  readonly message: string;
  readonly place?: Place;
  readonly hint?: string;
};

/**
 * Renders a problem for a terminal or a log: `file:row:col: message`, the source line with a caret, a hint.
 * Control characters of what is quoted are shown as escapes, so that no file can drive a terminal.
 */
export function formatProblem(problem: Problem): string {
  const { place, hint } = problem;
  const lines = [`${formatPlace(place)}${printable(problem.message)} [${problem.code}]`];
  if (place?.source_line !== undefined) {
    lines.push(`  ${printable(place.source_line.replaceAll("\t", " "))}`);
    if (place.col !== undefined) lines.push(`  ${" ".repeat(Math.max(0, place.col - 1))}^`);
  }
  if (hint !== undefined) lines.push(`  hint: ${printable(hint)}`);
  return lines.join("\n");
}

function formatPlace(place: Place | undefined): string {
  if (place === undefined) return "";
  return `${[printable(place.file), place.row, place.col].filter((part) => part !== undefined).join(":")}: `;
}

/** Shows control, bidirectional and zero-width characters as `\u{…}`; line feeds stay. */
export function printable(text: string): string {
  return text.replace(/[^\P{C}\n]|[\u2028\u2029]/gu, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
}
