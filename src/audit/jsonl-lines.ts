import { isUtf8 } from "node:buffer";
import { open } from "node:fs/promises";
import { type LogLine, tornRecord } from "./log-line.js";

/** Longest line that is read, in bytes; what is longer is no entry. */
export const maxLineBytes = 16 * 1024 * 1024;
const chunkBytes = 1024 * 1024;
const lineFeed = 0x0a;

/**
 * Reads a file line by line, as stored. At most one chunk and one line are in memory.
 *
 * @param file - may grow meanwhile: what is appended after the reading began may be read as well
 * @throws where the file cannot be read
 */
export function jsonlLines(file: string): AsyncGenerator<LogLine> {
  return linesOf(chunksOf(file));
}

async function* chunksOf(file: string): AsyncGenerator<Buffer> {
  const handle = await open(file, "r");
  try {
    for (;;) {
      const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

/** Reads bytes line by line, as stored. What no line feed ends is told as such. */
export async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<LogLine> {
  let kept: Buffer = Buffer.alloc(0);
  let row = 0;
  let isSkipping = false;
  for await (const chunk of chunks) {
    const bytes = kept.length === 0 ? chunk : Buffer.concat([kept, chunk]);
    let start = 0;
    for (let end = bytes.indexOf(lineFeed); end !== -1; end = bytes.indexOf(lineFeed, start)) {
      row += 1;
      yield isSkipping ? tooLong(row) : lineOf(bytes, start, end, row);
      isSkipping = false;
      start = end + 1;
    }
    kept = bytes.subarray(start);
    if (kept.length > maxLineBytes) {
      isSkipping = true;
      kept = Buffer.alloc(0);
    }
  }
  if (kept.length > 0 || isSkipping) yield { line: "", row: row + 1, broken: tornRecord };
}

function lineOf(bytes: Buffer, start: number, end: number, row: number): LogLine {
  // Two byte sequences that decode to the same text must not pass for one another.
  if (!isUtf8(bytes.subarray(start, end))) return { line: "", row, broken: "it is no UTF-8" };
  return { line: bytes.toString("utf8", start, end), row };
}

function tooLong(row: number): LogLine {
  return { line: "", row, broken: `it is longer than ${maxLineBytes} bytes` };
}
