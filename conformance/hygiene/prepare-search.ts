import type { NapiConfig } from "@ast-grep/napi";
import { assertNever, err, ok, type Result } from "../../src/index.js";
import { commentsOf } from "./comments.js";
import { digestHits } from "./digest.js";
import type { Hit, HygieneSource } from "./hygiene-finding.js";
import type { HygieneRule, HygieneSearch, ParsedLanguage } from "./hygiene-rule.js";
import { grammarOf, type ParsedSource, parseSource, trialGrammars } from "./parsed-source.js";
import { secretHits } from "./secret.js";

/** A file under the searches of all rules: it is parsed once, when the first of them asks. */
export type Searched = HygieneSource & { readonly language?: ParsedLanguage; parsed(): ParsedSource | undefined };

/** A search that can be run: it gives where it hits, in any order. */
export type PreparedSearch = (source: Searched) => readonly Hit[] | Promise<readonly Hit[]>;

/** A rule whose searches can be run. */
export type PreparedRule = HygieneRule & { readonly searches: readonly PreparedSearch[] };

/** Wraps a file for the searches. */
export function searched(source: HygieneSource): Searched {
  const { file, text } = source;
  const known = text === undefined ? undefined : grammarOf(file, text);
  let parsed: { readonly source: ParsedSource | undefined } | undefined;
  return {
    ...source,
    ...(known === undefined ? {} : { language: known.language }),
    parsed: () => {
      if (known === undefined || text === undefined) return undefined;
      parsed ??= { source: parseSource(text, known.grammar) };
      return parsed.source;
    },
  };
}

/** Makes a search that can be run. @returns on failure why it cannot, as a sentence */
export function prepareSearch(search: HygieneSearch): Result<PreparedSearch, string> {
  switch (search.by) {
    case "syntax":
      return prepareSyntax(search.language, search.hint, {
        rule: search.rule,
        ...(search.constraints === undefined ? {} : { constraints: search.constraints }),
      });
    case "text":
      return withPattern(search.pattern, (pattern) => ({ file, text }) => {
        if (text === undefined || !ends(file, search.suffixes)) return [];
        return matches(pattern, text);
      });
    case "comment":
      return withPattern(search.pattern, (pattern) => (source) => {
        // Most files have none: a look at the whole text spares parsing it.
        if (source.text === undefined || matches(pattern, source.text).length === 0) return [];
        return commentsOf(source).flatMap(({ offset, text }) =>
          matches(pattern, text).map((hit) => ({ offset: offset + hit.offset })),
        );
      });
    case "secret":
      return ok(secretHits);
    case "size":
      return ok((source) => sizeHits(source, search));
    case "digest":
      return ok(digestHits);
    default:
      return assertNever(search);
  }
}

function prepareSyntax(language: ParsedLanguage, hint: string, config: unknown): Result<PreparedSearch, string> {
  try {
    if (!isUsable(config, trialGrammars[language])) return err("the rule is no rule");
  } catch (thrown) {
    return err(`ast-grep refuses the rule: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
  return withPattern(hint, (pattern) => (source) => {
    if (source.language !== language || source.text === undefined) return [];
    pattern.lastIndex = 0;
    if (!pattern.test(source.text)) return [];
    return (
      source
        .parsed()
        ?.find(config)
        .map((offset) => ({ offset })) ?? []
    );
  });
}

/** INVARIANT: every grammar of the language has run it, so it is a configuration as the engine's type says. */
function isUsable(config: unknown, grammars: readonly string[]): config is NapiConfig {
  const trial = config as NapiConfig;
  for (const grammar of grammars) parseSource("", grammar)?.find(trial);
  return true;
}

function withPattern(pattern: string, use: (compiled: RegExp) => PreparedSearch): Result<PreparedSearch, string> {
  try {
    return ok(use(new RegExp(pattern, "gmu")));
  } catch (thrown) {
    return err(thrown instanceof Error ? thrown.message : String(thrown));
  }
}

function matches(pattern: RegExp, text: string): Hit[] {
  return Array.from(text.matchAll(pattern), ({ index }) => ({ offset: index }));
}

function sizeHits(
  { file, bytes, text, binary }: Searched,
  { suffixes, binary: wanted, max_lines: maxLines, max_bytes: maxBytes }: Extract<HygieneSearch, { by: "size" }>,
): Hit[] {
  if (!ends(file, suffixes) || (wanted !== undefined && wanted !== binary)) return [];
  const lines = maxLines === undefined || text === undefined ? 0 : lineCount(text);
  if (maxLines !== undefined && lines > maxLines)
    return [{ offset: 0, message: `${lines} lines, more than ${maxLines}` }];
  if (maxBytes !== undefined && bytes > maxBytes)
    return [{ offset: 0, message: `${bytes} bytes, more than ${maxBytes}` }];
  return [];
}

function lineCount(text: string): number {
  let count = text === "" || text.endsWith("\n") ? 0 : 1;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}

function ends(file: string, suffixes: readonly string[] | undefined): boolean {
  return suffixes === undefined || suffixes.some((suffix) => file.endsWith(suffix));
}
