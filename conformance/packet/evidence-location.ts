import type { EvidenceLocation } from "./evidence-mapping.js";

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
