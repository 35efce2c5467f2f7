import go from "@ast-grep/lang-go";
import java from "@ast-grep/lang-java";
import python from "@ast-grep/lang-python";
import rust from "@ast-grep/lang-rust";
import { type NapiConfig, parse, registerDynamicLanguage, type SgNode } from "@ast-grep/napi";
import type { ParsedLanguage } from "./hygiene-rule.js";

type Grammar = { readonly language: ParsedLanguage; readonly grammar: string };

const grammars: Readonly<Record<string, Grammar>> = {
  ...each(["ts", "mts", "cts"], { language: "ecmascript", grammar: "TypeScript" }),
  ...each(["tsx"], { language: "ecmascript", grammar: "Tsx" }),
  ...each(["js", "mjs", "cjs", "jsx"], { language: "ecmascript", grammar: "JavaScript" }),
  ...each(["py", "pyi"], { language: "python", grammar: "python" }),
  ...each(["go"], { language: "go", grammar: "go" }),
  ...each(["rs"], { language: "rust", grammar: "rust" }),
  ...each(["java"], { language: "java", grammar: "java" }),
};

/** What the first line of a script without a suffix says. */
const interpreters: readonly (readonly [RegExp, string])[] = [
  [/^#!.*\b(?:node|deno|bun|tsx)\b/, "ts"],
  [/^#!.*\bpython[\d.]*\b/, "py"],
];

let registered = false;
/** Grammars are registered once for a process; the engine ignores later calls. */
function register(): void {
  if (!registered) registerDynamicLanguage({ go, java, python, rust });
  registered = true;
}

/** The language and the grammar of a file by its name, or by its first line where the name has no suffix. */
export function grammarOf(file: string, text: string): Grammar | undefined {
  const name = file.split("/").at(-1) ?? "";
  const dot = name.lastIndexOf(".");
  const suffix =
    dot > 0 ? name.slice(dot + 1).toLowerCase() : interpreters.find(([shebang]) => shebang.test(text))?.[1];
  return suffix === undefined || !Object.hasOwn(grammars, suffix) ? undefined : grammars[suffix];
}

/** A text in its syntax. Broken programs are parsed too: what cannot be understood of them matches nothing. */
export type ParsedSource = {
  /** Offsets in UTF-16 units where the pattern matches. */
  find(config: NapiConfig): readonly number[];
  comments(): readonly { readonly offset: number; readonly text: string }[];
};

/** Parses a text by a grammar's name. */
export function parseSource(text: string, grammar: string): ParsedSource {
  register();
  const root = parse(grammar, text).root();
  return {
    find: (config) => root.findAll(config).map(offsetOf),
    comments: () =>
      root
        .findAll({ rule: { any: commentKinds(grammar).map((kind) => ({ kind })) } })
        .map((node) => ({ offset: offsetOf(node), text: node.text() })),
  };
}

function commentKinds(grammar: string): readonly string[] {
  return grammar === "rust" || grammar === "java" ? ["line_comment", "block_comment"] : ["comment"];
}

function offsetOf(node: SgNode): number {
  return node.range().start.index;
}

function each(suffixes: readonly string[], grammar: Grammar): Readonly<Record<string, Grammar>> {
  return Object.fromEntries(suffixes.map((suffix) => [suffix, grammar]));
}

/** One grammar of each language, to try a rule on before it is used. */
export const trialGrammars: Readonly<Record<ParsedLanguage, readonly string[]>> = {
  ecmascript: ["TypeScript", "Tsx", "JavaScript"],
  python: ["python"],
  go: ["go"],
  rust: ["rust"],
  java: ["java"],
};
