import type { ErrorCode } from "./error-codes.js";
import type { JsonValue } from "./json-value.js";
import type { Issue } from "./parse.js";
import type { Place, Problem } from "./problem.js";

/** The way to a value: its keys and indexes from the root, or the same as a JSON Pointer (RFC 6901). */
export type DocumentPath = string | readonly (string | number)[];

/** A document that a person wrote: its value, and where each part of it stands. */
export type TextDocument = {
  readonly value: JsonValue;
  /** The place of the key (or the item) at the path; the nearest parent's where there is no such path. */
  placeOf(path: DocumentPath): Place;
};

/** Bounds of a document: `bytes` counts UTF-8, `depth` nested collections, `nodes` values (in YAML keys too). */
export type DocumentBounds = { readonly bytes: number; readonly depth: number; readonly nodes: number };

/** The bounds that every document is held to unless said otherwise. */
export const documentBounds: DocumentBounds = { bytes: 4 * 1024 * 1024, depth: 50, nodes: 1_000_000 };

/** Splits a path into its segments. */
export function segmentsOf(path: DocumentPath): readonly (string | number)[] {
  if (typeof path !== "string") return path;
  if (path === "") return [];
  return path
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** Turns what a schema found into problems at their places. An unwanted key is pointed at itself. */
export function problemsOfIssues(
  document: Pick<TextDocument, "placeOf">,
  issues: readonly Issue[],
  code: ErrorCode = "schema/invalid",
): Problem[] {
  return issues.map((issue) => {
    const at = segmentsOf(issue.path);
    const place = document.placeOf(issue.key === undefined ? at : [...at, issue.key]);
    const where = issue.path === "" ? "the document" : issue.path.slice(1).replaceAll("/", ".");
    return { code, message: `${where} ${issue.message}`, place };
  });
}

/** Turns offsets (UTF-16 code units from 0) into places. */
export function placesIn(text: string, file: string): (offset: number) => Place {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    for (let high = starts.length; high - low > 1; ) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    const start = starts[low] ?? 0;
    const end = text.indexOf("\n", start);
    const line = text.slice(start, end === -1 ? undefined : end).replace(/\r$/, "");
    return { file, row: low + 1, col: offset - start + 1, source_line: line.slice(0, 500) };
  };
}

/** What no document may hold: control characters other than tab and line ends, and halves of surrogate pairs. */
export function forbiddenCharacter(text: string): number | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const found = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]|\p{Surrogate}/u.exec(text);
  return found?.index;
}
