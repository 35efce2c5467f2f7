import { createReadStream } from "node:fs";

/** One line of a file, without its end, and where it lies in bytes. */
export type Line = { readonly text: string; readonly start: number; readonly end: number };

/** Longest line that is read, in bytes; an entry is shorter. A longer one is a broken file. */
const maxLineBytes = 16 * 1024 * 1024;

/**
 * Reads a file line by line, with flat memory. What follows the last newline is a line, too, unless it is empty. A file
 * that is not there has no lines.
 *
 * @param range - in bytes; `end` is exclusive
 */
export async function* readLines(
  file: string,
  range: { readonly start?: number; readonly end?: number } = {},
): AsyncIterable<Line> {
  const { start = 0, end = Number.POSITIVE_INFINITY } = range;
  if (end <= start) return;
  let rest: Buffer = Buffer.alloc(0);
  let at = start;
  try {
    for await (const chunk of createReadStream(file, { start, end: end - 1, highWaterMark: 1024 * 1024 })) {
      if (!Buffer.isBuffer(chunk)) throw new Error("a file gave text instead of bytes");
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      let from = 0;
      for (let newline = bytes.indexOf(0x0a); newline !== -1; newline = bytes.indexOf(0x0a, from)) {
        yield { text: bytes.toString("utf8", from, newline), start: at + from, end: at + newline + 1 };
        from = newline + 1;
      }
      at += from;
      rest = bytes.subarray(from);
      if (rest.length > maxLineBytes) throw new Error(`${file} has a line of more than ${maxLineBytes} bytes`);
    }
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return;
    throw error;
  }
  if (rest.length > 0) yield { text: rest.toString("utf8"), start: at, end: at + rest.length };
}
