import type { Hit, HygieneSource } from "./hygiene-finding.js";
import type { HygieneSearch } from "./hygiene-rule.js";

/** Hits a file, as a whole, that has more lines or more bytes than the search allows. */
export function sizeHits(
  { bytes, text, binary }: HygieneSource,
  bounds: Extract<HygieneSearch, { by: "size" }>,
): Hit[] {
  const { binary: wanted, max_lines: maxLines, max_bytes: maxBytes } = bounds;
  if (wanted !== undefined && wanted !== binary) return [];
  const lines = maxLines === undefined || text === undefined ? 0 : lineCount(text);
  if (maxLines !== undefined && lines > maxLines) return [{ message: `${lines} lines, more than ${maxLines}` }];
  if (maxBytes !== undefined && bytes > maxBytes) return [{ message: `${bytes} bytes, more than ${maxBytes}` }];
  return [];
}

function lineCount(text: string): number {
  let count = text === "" || text.endsWith("\n") ? 0 : 1;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}
