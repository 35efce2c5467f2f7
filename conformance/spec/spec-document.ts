import {
  type DocumentBounds,
  err,
  ok,
  type Parser,
  type Place,
  type Problem,
  parseStrictYaml,
  placesIn,
  problemsOfIssues,
  type Result,
} from "../../src/index.js";

/** A file of the specification, read. `file` is how it is shown, with `/`. */
export type SpecFile = { readonly file: string; readonly text: string };

/** What a file of the specification is held to: far more than one needs, far less than hurts. */
export const specBounds: DocumentBounds = { bytes: 1024 * 1024, depth: 30, nodes: 100_000 };

/** Where something stands in a file: its first and last row, from 1. */
export type Located = { readonly file: string; readonly row: number; readonly end_row: number };

/** A document of the specification that has the shape of its contract. */
export type SpecDocument<T> = {
  readonly file: string;
  readonly value: T;
  /** The place of a key or an item. */
  placeOf(path: readonly (string | number)[]): Place;
  /** Where the items of the list under `key` stand, in order. Blank rows and comments between them belong to none. */
  locateItems(key: string, count: number): readonly Located[];
};

/**
 * Reads one file of the specification: UTF-8 without a byte order mark, line ends LF, strict YAML, the contract's shape.
 *
 * @returns on failure `yaml/forbidden`, `yaml/syntax` or `schema/invalid`, each with its place
 */
export function readSpecDocument<T>(
  { file, text }: SpecFile,
  parse: Parser<T>,
): Result<SpecDocument<T>, readonly Problem[]> {
  const unwanted = unwantedBytes(file, text);
  if (unwanted !== undefined) return err([unwanted]);
  const document = parseStrictYaml(text, file, specBounds);
  if (!document.ok) return document;
  const typed = parse(document.value.value);
  if (!typed.ok) return err(problemsOfIssues(document.value, typed.error));
  const { placeOf } = document.value;
  const locateItems = (key: string, count: number) => {
    const rows = Array.from({ length: count }, (_, index) => placeOf([key, index]).row ?? 1);
    return rows.map((row, index) => ({ file, row, end_row: lastRowOf(text, row, rows[index + 1]) }));
  };
  return ok({ file, value: typed.value, placeOf, locateItems });
}

/** Two files that look the same have the same bytes, so neither a byte order mark nor CR is let in. */
function unwantedBytes(file: string, text: string): Problem | undefined {
  if (text.startsWith("\u{feff}")) {
    const place = { file, row: 1, col: 1 };
    return { code: "yaml/forbidden", message: "a byte order mark", place, hint: "save the file as UTF-8 without it" };
  }
  const at = text.indexOf("\r");
  if (at === -1) return undefined;
  const place = placesIn(text, file)(at);
  return { code: "yaml/forbidden", message: "a carriage return", place, hint: "save the file with LF line ends" };
}

function lastRowOf(text: string, first: number, next: number | undefined): number {
  const lines = text.split("\n");
  let row = next === undefined ? lines.length : next - 1;
  while (row > first && /^\s*(#.*)?$/.test(lines[row - 1] ?? "")) row -= 1;
  return row;
}
