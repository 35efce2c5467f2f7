import { basename, extname } from "node:path";

/** How comments are written: to the end of a line, and over several. */
type CommentStyle = { readonly line: RegExp; readonly blocks: readonly (readonly [open: string, close: string])[] };

const c: CommentStyle = { line: /^\/\//, blocks: [["/*", "*/"]] };
const hash: CommentStyle = { line: /^#/, blocks: [] };
const python: CommentStyle = {
  line: /^#/,
  blocks: [
    ['"""', '"""'],
    ["'''", "'''"],
  ],
};
const dash: CommentStyle = { line: /^--/, blocks: [["/*", "*/"]] };
const markup: CommentStyle = { line: /^(?!)/, blocks: [["<!--", "-->"]] };
const php: CommentStyle = { line: /^(?:\/\/|#)/, blocks: [["/*", "*/"]] };
const any: CommentStyle = {
  line: /^(?:\/\/|#|--|;|%)/,
  blocks: [
    ["/*", "*/"],
    ["<!--", "-->"],
  ],
};

const styles: Readonly<Record<string, CommentStyle>> = {
  ...styled(c, "ts tsx mts cts js jsx mjs cjs go rs java kt swift c h cc cpp hpp cs scala dart proto zig css scss"),
  ...styled(hash, "rego yaml yml sh bash toml rb pl r ex exs tf justfile makefile dockerfile conf"),
  ...styled(python, "py pyi"),
  ...styled(dash, "sql lua hs elm"),
  ...styled(markup, "html xml svg vue"),
  ...styled(php, "php"),
};

/** Endings of documents: they describe, and do nothing. */
const documents = /^(?:md|markdown|txt|rst|adoc|org|log|lock|snap)$/;

/** Lines that bring names in and do nothing with them. */
const importLine =
  /^(?:import\b(?!\s*\()|package\s+[\w.]+;?$|use\s+[\w:{]|from\s+\S+\s+import\b|#include\b|using\s+[\w.]+;|export\s+(?:\*|\{[^}]*\})\s+from\b)/;

/**
 * Says why lines of a file cannot be evidence: they are not there, or none of them does anything — blank, comments,
 * imports, punctuation alone. A range must begin with a line that does something.
 *
 * @param range - rows from 1, both included
 * @returns undefined where they are code
 */
export function whyNoEvidence(
  file: string,
  text: string,
  range: { readonly row: number; readonly end_row: number },
): { readonly kind: "absent" | "not-code"; readonly message: string } | undefined {
  const { row, end_row } = range;
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.at(-1) === "") lines.pop();
  if (lines.every((line) => line.trim() === "")) return { kind: "absent", message: `${file} is empty` };
  if (row < 1 || end_row < row) return { kind: "absent", message: `rows ${row} to ${end_row} are no range` };
  if (end_row > lines.length) {
    return { kind: "absent", message: `row ${end_row} is past the last row of ${file}, ${lines.length}` };
  }
  const not = (message: string) => ({ kind: "not-code" as const, message: `row ${row} of ${file} ${message}` });
  const ending = endingOf(file);
  if (documents.test(ending)) return { kind: "not-code", message: `${file} is a document, no code` };
  const first = (lines[row - 1] ?? "").trim();
  if (first === "") return not("is blank");
  const bare = withoutComments(lines, styles[ending] ?? any)[row - 1]?.trim() ?? "";
  if (bare === "") return not("is a comment");
  if (importLine.test(bare)) return not("only imports");
  if (!/[\p{L}\p{N}]/u.test(bare)) return not("is punctuation alone");
  return undefined;
}

function endingOf(file: string): string {
  const name = basename(file).toLowerCase();
  return extname(name).slice(1) || name.replace(/^\./, "");
}

/**
 * The lines with what stands in comments taken out. Quotes are heeded within a line, so that `"/*"` opens nothing; block
 * comments reach over lines.
 */
function withoutComments(lines: readonly string[], { line: lineComment, blocks }: CommentStyle): string[] {
  let open: string | undefined;
  return lines.map((line) => {
    let kept = "";
    let quote = "";
    for (let at = 0; at < line.length; ) {
      if (open !== undefined) {
        const end = line.indexOf(open, at);
        if (end === -1) return kept;
        at = end + open.length;
        open = undefined;
        continue;
      }
      const rest = line.slice(at, at + 4);
      const char = line[at] ?? "";
      const block = quote === "" ? blocks.find(([start]) => rest.startsWith(start)) : undefined;
      // A triple-quoted text that begins a statement is a docstring; within an expression it is a value.
      if (block !== undefined && (block[0] !== block[1] || kept.trim() === "")) {
        open = block[1];
        at += block[0].length;
        continue;
      }
      if (quote === "" && lineComment.test(rest)) return kept;
      if (quote === "" && /["'`]/.test(char)) quote = char;
      else if (quote !== "" && char === "\\") {
        kept += line.slice(at, at + 2);
        at += 2;
        continue;
      } else if (char === quote) quote = "";
      kept += char;
      at += 1;
    }
    return kept;
  });
}

function styled(style: CommentStyle, endings: string): Record<string, CommentStyle> {
  return Object.fromEntries(endings.split(" ").map((ending) => [ending, style]));
}
