/** What a reader must know of a line without reading all of it. */
export type LineFacts = { readonly writer: string; readonly seq: number };

/**
 * Whose entry a line is, and its number. In canonical JSON `writer` is an entry's last member, and the number stands where
 * the only `"seq":` is; only a line with several of them is read whole.
 *
 * @returns undefined where the line is no entry, such as one that a crash cut short
 */
export function lineFacts(line: string): LineFacts | undefined {
  const writer = /,"writer":"([^"\\]{1,64})"\}$/.exec(line)?.[1];
  const at = line.indexOf(',"seq":');
  if (writer !== undefined && at !== -1 && line.indexOf('"seq":', at + 2) === -1) {
    const seq = Number.parseInt(line.slice(at + 7, at + 24), 10);
    if (Number.isSafeInteger(seq)) return { writer, seq };
  }
  return parsedFacts(line);
}

/** By what an entry is found again, read whole. */
export type LineColumns = LineFacts & { readonly about: unknown; readonly approvalId: unknown };

/** Reads a line whole. @returns undefined where it is no entry */
export function lineColumns(line: string): LineColumns | undefined {
  const facts = parsedFacts(line);
  if (facts === undefined) return undefined;
  const { execution_id, object, approval_id } = Object(JSON.parse(line));
  return { ...facts, about: execution_id ?? object, approvalId: approval_id };
}

function parsedFacts(line: string): LineFacts | undefined {
  try {
    const { writer, seq } = Object(JSON.parse(line));
    return typeof writer === "string" && typeof seq === "number" ? { writer, seq } : undefined;
  } catch {
    return undefined;
  }
}
