import { hash } from "node:crypto";

/**
 * Hashes rows of a text, SHA-256 in lower-case hexadecimal. A checkout with other line ends has the same hash; anything
 * else that changes in these rows gives another one, and rows that move keep theirs.
 *
 * @param range - rows from 1, both included
 */
export function contentHash(
  text: string,
  { row, end_row }: { readonly row: number; readonly end_row: number },
): string {
  return hash(
    "sha256",
    rowsOf(text)
      .slice(row - 1, end_row)
      .join("\n"),
  );
}

/** The rows of a text, without their ends. */
export function rowsOf(text: string): readonly string[] {
  return text.split(/\r?\n/);
}
