import type { HygieneSource } from "./hygiene-finding.js";
import type { ParsedLanguage } from "./hygiene-rule.js";
import { grammarOf, type ParsedSource, parseSource } from "./parsed-source.js";

/** A file under the searches of all rules: it is parsed once, when the first of them asks. */
export type SearchedFile = HygieneSource & {
  readonly language?: ParsedLanguage;
  /** @returns undefined where the file is in no language that is parsed */
  parsed(): ParsedSource | undefined;
};

/** Makes a file ready to be searched. */
export function searchedFile(source: HygieneSource): SearchedFile {
  const { file, text } = source;
  const known = text === undefined ? undefined : grammarOf(file, text);
  if (known === undefined || text === undefined) return { ...source, parsed: () => undefined };
  let parsed: ParsedSource | undefined;
  return {
    ...source,
    language: known.language,
    parsed: () => {
      parsed ??= parseSource(text, known.grammar);
      return parsed;
    },
  };
}
