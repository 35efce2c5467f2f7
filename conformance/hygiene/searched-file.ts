import type { HygieneSource } from "./hygiene-finding.js";
import type { ParsedLanguage } from "./hygiene-rule.js";
import { grammarOf, type ParsedSource, parseSource } from "./parsed-source.js";

/** A file under the searches of all rules: it is parsed once, when the first of them asks. */
export type SearchedFile = HygieneSource & {
  readonly language?: ParsedLanguage;
  /** @returns undefined where the file is in no language that is parsed */
  parsed(): ParsedSource | undefined;
  /** Row and column of an offset in UTF-16 units, from 1. */
  placeOf(offset: number): { readonly row: number; readonly col: number };
};

/** Makes a file ready to be searched. */
export function searchedFile(source: HygieneSource): SearchedFile {
  const { file, text } = source;
  const known = text === undefined ? undefined : grammarOf(file, text);
  const placeOf = placesOf(text ?? "");
  if (known === undefined || text === undefined) return { ...source, parsed: () => undefined, placeOf };
  let parsed: ParsedSource | undefined;
  return {
    ...source,
    language: known.language,
    placeOf,
    parsed: () => {
      parsed ??= parseSource(text, known.grammar);
      return parsed;
    },
  };
}

/** Looks up places; where rows begin is found once, when the first place is asked for. */
function placesOf(text: string): SearchedFile["placeOf"] {
  let starts: readonly number[] | undefined;
  return (offset) => {
    starts ??= [0, ...Array.from(text.matchAll(/\n/g), ({ index }) => index + 1)];
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return { row: low + 1, col: offset - (starts[low] ?? 0) + 1 };
  };
}
