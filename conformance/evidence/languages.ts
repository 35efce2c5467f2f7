import { basename, extname } from "node:path";
import { syntaxByBlock, syntaxByStatement } from "./block-syntax.js";
import type { Lexis } from "./scanned-text.js";
import type { Syntax } from "./syntax.js";
import { syntaxByTree } from "./tree-syntax.js";
import { syntaxOfYaml } from "./yaml-syntax.js";

/** Reads what markers need of a file of one language. */
export type ReadSyntax = (file: string, text: string) => Syntax;

/** How C writes comments and strings, and those who follow it. */
export const slashes: Lexis = { line: ["//"], block: [["/*", "*/"]], quotes: ['"""', '"', "'", "`"], raw: ["`"] };
const hash: Lexis = { line: ["#"], afterBlank: true, quotes: ['"""', "'''", '"', "'"] };
const shell: Lexis = { line: ["#"], afterBlank: true, quotes: ['"', "'"], raw: ["'"], longStrings: true };
const sql: Lexis = {
  line: ["--"],
  block: [["/*", "*/"]],
  quotes: ["'", '"'],
  raw: ["'", '"'],
  longStrings: true,
  dollarQuotes: true,
};

const byBlock =
  (lexis: Lexis): ReadSyntax =>
  (_, text) =>
    syntaxByBlock(text, lexis);
const byTree =
  (language: Parameters<typeof syntaxByTree>[0]): ReadSyntax =>
  (file, text) =>
    syntaxByTree(language, file, text);

/** How each ending is read. JavaScript and TypeScript have a reader of their own. */
const readers: readonly (readonly [endings: string, read: ReadSyntax])[] = [
  [".py .pyi", byTree("python")],
  [".go", byTree("go")],
  [".rs", byTree("rust")],
  [".java", byTree("java")],
  [".yaml .yml", (_, text) => syntaxOfYaml(text)],
  [".sql", (_, text) => syntaxByStatement(text, sql)],
  [".rego", byBlock({ line: ["#"], quotes: ['"', "`"], raw: ["`"] })],
  [
    ".c .h .cc .cpp .cxx .hh .hpp .m .mm .cs .kt .kts .swift .scala .dart .groovy .gradle .zig .proto",
    byBlock(slashes),
  ],
  [".css .scss .less", byBlock({ ...slashes, line: [] })],
  [".php", byBlock({ ...slashes, line: ["//", "#"] })],
  [".rb .ex .exs .pl .pm .r .jl .nix .toml .cmake .graphql", byBlock(hash)],
  [".tf .hcl", byBlock({ ...hash, line: ["#", "//"], block: [["/*", "*/"]] })],
  [".sh .bash .zsh .mk", byBlock(shell)],
  [".ps1", byBlock({ ...hash, block: [["<#", "#>"]] })],
  [".lua", byBlock({ line: ["--"], block: [["--[[", "]]"]], quotes: ['"', "'"] })],
  [".hs .elm .purs", byBlock({ line: ["--"], block: [["{-", "-}"]], quotes: ['"'] })],
  [".ml .mli .fs .fsx", byBlock({ line: ["//"], block: [["(*", "*)"]], quotes: ['"'] })],
  [".adb .ads .vhd .vhdl", byBlock({ line: ["--"], quotes: ['"'], raw: ['"'] })],
  [".lisp .el .clj .cljs .scm .rkt .asm .s .ini", byBlock({ line: [";"], quotes: ['"'], longStrings: true })],
  [".erl .tex", byBlock({ line: ["%"], quotes: ['"'] })],
];
const byEnding = new Map(
  readers.flatMap(([endings, read]) => endings.split(" ").map((ending) => [ending, read] as const)),
);
const byName = new Map<string, ReadSyntax>([
  ["Dockerfile", byBlock(shell)],
  ["Makefile", byBlock(shell)],
  ["justfile", byBlock(shell)],
]);
const script = new Set([".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"]);

/** How a file's markers are read: `script` is for JavaScript and TypeScript; undefined where comments are not known. */
export function languageOf(file: string): ReadSyntax | "script" | undefined {
  const ending = extname(file).toLowerCase();
  return script.has(ending) ? "script" : (byEnding.get(ending) ?? byName.get(basename(file)));
}
