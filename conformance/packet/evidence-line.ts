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
  range: RowRange,
): { readonly kind: "absent" | "not-code"; readonly message: string } | undefined {
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.at(-1) === "") lines.pop();
  const absent = whyAbsent(file, lines, range);
  if (absent !== undefined) return { kind: "absent", message: absent };
  const ending = endingOf(file);
  if (isDocument(ending)) return { kind: "not-code", message: `${file} is a document, no code` };
  const written = lines[range.row - 1] ?? "";
  const bare = withoutComments(lines, styles[ending] ?? any)[range.row - 1] ?? "";
  const why = whyNoCode(written.trim(), bare.trim());
  return why === undefined ? undefined : { kind: "not-code", message: `row ${range.row} of ${file} ${why}` };
}

type RowRange = { readonly row: number; readonly end_row: number };

/**
 * Says why rows are not there: the file says nothing, they are no range, or they are past its end.
 *
 * @requirement MEX-15
 */
export function whyAbsent(file: string, lines: readonly string[], { row, end_row }: RowRange): string | undefined {
  if (lines.every((line) => line.trim() === "")) return `${file} is empty`;
  if (row < 1 || end_row < row) return `rows ${row} to ${end_row} are no range`;
  return end_row > lines.length ? `row ${end_row} is past the last row of ${file}, ${lines.length}` : undefined;
}

/**
 * Whether files of that ending are documents: they describe, and do nothing.
 *
 * @requirement MEX-15
 */
export function isDocument(ending: string): boolean {
  return /^(?:md|markdown|txt|rst|adoc|org|log|lock|snap)$/.test(ending);
}

/**
 * Says why a line does nothing.
 *
 * @param written - the line, without blanks around it
 * @param bare - the same without comments
 * @requirement MEX-15
 */
export function whyNoCode(written: string, bare: string): string | undefined {
  if (written === "") return "is blank";
  if (bare === "") return "is a comment";
  if (importLine.test(bare)) return "only imports";
  return /[\p{L}\p{N}]/u.test(bare) ? undefined : "is punctuation alone";
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
