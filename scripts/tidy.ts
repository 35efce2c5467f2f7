import { readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { parseSync } from "oxc-parser";

/** Longest file, in lines: one that needs more is two things. */
export const maxLines = 350;

const middle = [
  "policy",
  "command",
  "token",
  "approval",
  "sandbox",
  "tool",
  "filter",
  "audit",
  "event",
  "workflow",
] as const;

/** Which rooms of `src/` each room may import. `index` is `src/index.ts`, the product's public face. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  model: [],
  ...Object.fromEntries(middle.map((room) => [room, ["model"]])),
  gate: ["model", ...middle],
  store: ["model", "gate", ...middle],
  host: ["model", "gate", "command"],
  gateway: ["model", "gate", "store", "host", ...middle],
  mcp: ["model", "gate", "store", "host", "gateway", ...middle],
  cli: ["model", "gate", "store", "host", "gateway", "mcp", "conformance", ...middle],
  index: ["model", "gate", "store", "host", "gateway", "mcp", ...middle],
  conformance: ["index"],
};

/** A source file by its path from the repository's root, with `/`. */
export type SourceFile = { readonly path: string; readonly text: string };

/** Reads files by paths relative to `root`. */
export function readSources(root: string, paths: readonly string[]): SourceFile[] {
  return paths.map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
}

/** Everything about the tree that is not as the house has it, one line each, sorted. */
export function untidiness(files: readonly SourceFile[]): string[] {
  return [...arrowFindings(files), ...roomFindings(files), ...files.flatMap(fileFindings)].sort();
}

function arrowFindings(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => importsOf(file).flatMap((target) => arrowFinding(file.path, target)));
}

function arrowFinding(from: string, to: string): string[] {
  const [source, target] = [roomOf(from), roomOf(to)];
  if (source === undefined || target === undefined || source === target) return [];
  if (isTest(from) && source !== "model" && target !== "conformance") return [];
  if (!(arrows[source] ?? []).includes(target)) return [`${from}: a ${source} file may not import ${target} (${to})`];
  const isFace = /^src\/(?:[^/]+\/)?index\.ts$/.test(to) || to.startsWith("conformance/");
  return isFace ? [] : [`${from}: reach ${target} through its index.ts, not ${to}`];
}

/** Rooms of `src/` by name; the whole of `conformance/` is one, since its own rooms may use one another. */
function roomOf(path: string): string | undefined {
  if (path === "src/index.ts") return "index";
  const [top, room, rest] = path.split("/");
  if (top === "conformance") return "conformance";
  return top === "src" && rest !== undefined ? room : undefined;
}

function roomFindings(files: readonly SourceFile[]): string[] {
  const paths = new Set(files.map((file) => file.path));
  const rooms = new Set(files.flatMap(({ path }) => /^(src|conformance)\/[^/]+(?=\/)/.exec(path)?.slice(0, 1) ?? []));
  return [...rooms].filter((room) => !paths.has(`${room}/index.ts`)).map((room) => `${room}: has no index.ts`);
}

function fileFindings({ path, text }: SourceFile): string[] {
  const findings: string[] = [];
  const lines = text.split("\n").length - 1;
  if (lines > maxLines) findings.push(`${path}: ${lines} lines, more than ${maxLines}`);
  const name = path.split("/").at(-1) ?? "";
  if (!/^[a-z0-9]+(-[a-z0-9]+)*(\.(test|attack|config))?\.tsx?$/.test(name)) findings.push(`${path}: not kebab-case`);
  if (/^(utils?|helpers?|manager|misc|common)\.ts$/.test(name)) findings.push(`${path}: name it after what it does`);
  if (path.startsWith("src/") && !path.startsWith("src/host/") && !isTest(path)) {
    const world = /\b(Date\.now|Math\.random|process\.env)\b/.exec(text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, ""));
    if (world !== null) findings.push(`${path}: ${world[0]} belongs to src/host`);
  }
  return findings;
}

function isTest(path: string): boolean {
  return path.endsWith(".test.ts");
}

/** The files of ours that a file imports, also as types and by `import()`. */
function importsOf({ path, text }: SourceFile): string[] {
  const parsed = parseSync(path, text);
  const specifiers = [
    ...parsed.module.staticImports.map((item) => item.moduleRequest.value),
    ...parsed.module.staticExports.flatMap((item) => item.entries.flatMap((entry) => entry.moduleRequest?.value ?? [])),
    ...parsed.module.dynamicImports.map((item) =>
      text.slice(item.moduleRequest.start, item.moduleRequest.end).slice(1, -1),
    ),
  ];
  return specifiers
    .filter((specifier) => specifier.startsWith("."))
    .map((specifier) => relative(".", normalize(join(dirname(path), specifier))).replace(/\.js$/, ".ts"));
}
