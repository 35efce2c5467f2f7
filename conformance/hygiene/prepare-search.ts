import type { NapiConfig } from "@ast-grep/napi";
import { assertNever, err, ok, type Result } from "../../src/index.js";
import { commentsOf } from "./comments.js";
import { digestHits } from "./generated-digest.js";
import type { Hit } from "./hygiene-finding.js";
import type { HygieneRule, HygieneSearch } from "./hygiene-rule.js";
import { parseSource, trialGrammars } from "./parsed-source.js";
import type { SearchedFile } from "./searched-file.js";
import { secretHits } from "./secret-hits.js";
import { sizeHits } from "./size-hits.js";

/** A search that can be run: it gives where it hits, in any order. */
export type PreparedSearch = (file: SearchedFile) => readonly Hit[] | Promise<readonly Hit[]>;

/** A rule whose searches can be run. */
export type PreparedRule = HygieneRule & { readonly searches: readonly PreparedSearch[] };

/** Makes a search that can be run. @returns on failure why it cannot, as a sentence */
export function prepareSearch(search: HygieneSearch): Result<PreparedSearch, string> {
  try {
    return ok(prepared(search));
  } catch (thrown) {
    // Both engines of patterns say what they do not understand by throwing.
    return err(thrown instanceof Error ? thrown.message : String(thrown));
  }
}

function prepared(search: HygieneSearch): PreparedSearch {
  switch (search.by) {
    case "syntax":
      return bySyntax(search);
    case "text": {
      const pattern = compiled(search.pattern);
      return onlyIn(search.suffixes, ({ text }) => hitsOf(pattern, text));
    }
    case "comment": {
      const [hint, pattern] = [compiled(search.hint), compiled(search.pattern)];
      return (file) => {
        if (!occurs(hint, file.text)) return [];
        return commentsOf(file).flatMap((comment) =>
          hitsOf(pattern, comment.text).map(({ offset }) => ({ offset: comment.offset + offset })),
        );
      };
    }
    case "secret":
      return secretHits;
    case "size":
      return onlyIn(search.suffixes, (file) => sizeHits(file, search));
    case "digest":
      return digestHits;
    default:
      return assertNever(search);
  }
}

function bySyntax({
  language,
  hint,
  rule,
  constraints = {},
}: Extract<HygieneSearch, { by: "syntax" }>): PreparedSearch {
  const config: unknown = { rule, constraints };
  if (!isConfig(config)) throw new Error("the rule is no object");
  // The engine looks at a rule when it is first used, and each grammar has names of its own for its nodes.
  for (const grammar of trialGrammars[language]) parseSource("", grammar).find(config);
  const pattern = compiled(hint);
  return (file) => {
    if (file.language !== language || !occurs(pattern, file.text)) return [];
    const offsets = file.parsed()?.find(config) ?? [];
    return offsets.map((offset) => ({ offset }));
  };
}

/** INVARIANT: the engine refuses every object with a rule that is not as its type says, and it is asked at once. */
function isConfig(config: unknown): config is NapiConfig {
  return typeof config === "object" && config !== null && "rule" in config;
}

function onlyIn(suffixes: readonly string[] | undefined, search: PreparedSearch): PreparedSearch {
  return (file) => (suffixes?.some((suffix) => file.file.endsWith(suffix)) === false ? [] : search(file));
}

function compiled(pattern: string): RegExp {
  return new RegExp(pattern, "gmu");
}

function occurs(pattern: RegExp, text = ""): boolean {
  return text.search(pattern) !== -1;
}

function hitsOf(pattern: RegExp, text = ""): { readonly offset: number }[] {
  return Array.from(text.matchAll(pattern), ({ index }) => ({ offset: index }));
}
