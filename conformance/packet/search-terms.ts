import type { PacketField } from "./parse-packet.js";
import { isPlaceholder } from "./placeholder.js";
import { readInside } from "./repository-file.js";

/** A text that a packet asks to look for, as it stands: no pattern. */
export type SearchTerm = { readonly term: string; readonly row: number; readonly fault?: string };

/** Where a term was found: how often in how many files, and the first places. */
export type SearchResult = {
  readonly term: string;
  readonly hits: number;
  readonly files: number;
  /** `FILE:ROW`, at most five. */
  readonly places: readonly string[];
};

const maxTerms = 50;
const maxTermLength = 200;
const maxFiles = 20_000;
const shownPlaces = 5;

/** The terms of SEARCH_TERMS: code spans where there are any, else each line without its quotes. */
export function searchTermsOf({ lines, code }: PacketField): SearchTerm[] {
  const written = [
    ...lines.flatMap(({ text, codes, row }) =>
      (codes.length > 0 ? codes : [unquoted(text)]).map((term) => ({ term, row })),
    ),
    ...code.map(({ text, row }) => ({ term: text.trim(), row })),
  ].filter(({ term }) => term !== "");
  return written.map(({ term, row }, index) => {
    if (index >= maxTerms) return { term, row, fault: `more than ${maxTerms} terms` };
    if (term.length > maxTermLength)
      return { term: term.slice(0, 40), row, fault: `longer than ${maxTermLength} characters` };
    return isPlaceholder(term) ? { term, row, fault: "a placeholder finds nothing" } : { term, row };
  });
}

function unquoted(text: string): string {
  return text.replace(/^["'“‘](.*)["'”’]$/u, "$1").trim();
}

/**
 * Runs the search terms of a packet. Where none can be run, the files are not asked for.
 *
 * @param listFiles - the files that are searched, from the root
 * @requirement MEX-13
 */
export async function runSearches(
  field: PacketField | undefined,
  root: string,
  listFiles: () => Promise<readonly string[]>,
): Promise<SearchResult[]> {
  const terms = (field === undefined ? [] : searchTermsOf(field)).flatMap(({ term, fault }) =>
    fault === undefined ? [term] : [],
  );
  return terms.length === 0 ? [] : searchFiles(root, terms, await listFiles());
}

/**
 * Looks for each term in the files, case and all. Links are not followed; what is binary or too large is passed over.
 *
 * @param files - from the root, with `/`; the first 20 000 count
 */
export function searchFiles(root: string, terms: readonly string[], files: readonly string[]): SearchResult[] {
  const found = terms.map((term) => ({ term, needle: Buffer.from(term), hits: 0, files: 0, places: [] as string[] }));
  for (const file of files.slice(0, maxFiles)) {
    const read = readInside(root, file);
    if (!read.ok) continue;
    const bytes = Buffer.from(read.value.buffer, read.value.byteOffset, read.value.byteLength);
    if (bytes.subarray(0, 8192).includes(0)) continue;
    for (const result of found) {
      let at = bytes.indexOf(result.needle);
      if (at === -1) continue;
      result.files += 1;
      if (result.places.length < shownPlaces) result.places.push(`${file}:${rowAt(bytes, at)}`);
      for (; at !== -1; at = bytes.indexOf(result.needle, at + Math.max(1, result.needle.length))) result.hits += 1;
    }
  }
  return found.map(({ term, hits, files: count, places }) => ({ term, hits, files: count, places }));
}

function rowAt(bytes: Buffer, offset: number): number {
  let row = 1;
  for (let at = bytes.indexOf(10); at !== -1 && at < offset; at = bytes.indexOf(10, at + 1)) row += 1;
  return row;
}
