import type { Comment } from "./syntax.js";

/** How a language writes comments and strings. */
export type Lexis = {
  /** What opens a comment that ends with its line. */
  readonly line: readonly string[];
  /** Whether such a comment opens only after a blank, as in shells, where `$#` is none. */
  readonly afterBlank?: true;
  /** What opens and closes a comment of several lines. */
  readonly block?: readonly (readonly [opening: string, closing: string])[];
  /** What opens and closes a string. */
  readonly quotes: readonly string[];
  /** Strings in which nothing escapes: a backslash is a character. Those of `quotes` that are here, too. */
  readonly raw?: readonly string[];
  /** Whether a string may go past its line's end; an apostrophe in a word else opens none. */
  readonly longStrings?: true;
  /** PostgreSQL's `$$ … $$` and `$tag$ … $tag$`. */
  readonly dollarQuotes?: true;
};

/** A text's comments, and the text with comments blanked out and strings, line ends too, made `s`; offsets as they were. */
export type ScannedText = { readonly comments: readonly Comment[]; readonly code: string };

/** Tells comments and strings from code, in one pass. What is not closed goes on to the end. */
export function scanText(text: string, lexis: Lexis): ScannedText {
  const comments: Comment[] = [];
  const covered: Covered[] = [];
  const opening = openingOf(lexis);
  for (let at = 0; at < text.length; ) {
    opening.lastIndex = at;
    const found = opening.exec(text);
    if (found === null) break;
    const [opened] = found;
    const start = found.index;
    const block = (lexis.block ?? []).find(([open]) => open === opened);
    const isLine = lexis.line.includes(opened);
    if (isLine && lexis.afterBlank && start > 0 && !/\s/.test(text[start - 1] ?? "")) {
      at = start + opened.length;
      continue;
    }
    const end = isLine
      ? endOf(text, "\n", start, 0)
      : block !== undefined
        ? endOf(text, block[1], start + opened.length, block[1].length)
        : stringEnd(text, start, opened, lexis);
    const isComment = isLine || block !== undefined;
    if (isComment) comments.push({ start, end });
    covered.push({ start, end, isComment });
    at = Math.max(end, start + 1);
  }
  return { comments, code: withoutThem(text, covered) };
}

function openingOf({ line, block = [], quotes, dollarQuotes }: Lexis): RegExp {
  const words = [...line, ...block.map(([open]) => open), ...quotes].sort((a, b) => b.length - a.length);
  const literal = words.map((word) => word.replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&"));
  return new RegExp([...literal, ...(dollarQuotes ? ["\\$(?:[A-Za-z_]\\w*)?\\$"] : [])].join("|"), "g");
}

function endOf(text: string, closing: string, from: number, add: number): number {
  const found = text.indexOf(closing, from);
  return found === -1 ? text.length : found + add;
}

function stringEnd(text: string, start: number, quote: string, { raw = [], longStrings, dollarQuotes }: Lexis): number {
  const inside = start + quote.length;
  // E'…' is PostgreSQL's string with escapes.
  const escapes = dollarQuotes ? /[eE]/.test(text[start - 1] ?? "") : !raw.includes(quote);
  const open = longStrings === true || quote.length > 1 || (raw.includes(quote) && quote === "`");
  for (let at = inside; at < text.length; at += 1) {
    if (text.startsWith(quote, at)) return at + quote.length;
    if (text[at] === "\\" && escapes) at += 1;
    else if (text[at] === "\n" && !open) return at;
  }
  return text.length;
}

type Covered = { readonly start: number; readonly end: number; readonly isComment: boolean };

function withoutThem(text: string, covered: readonly Covered[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const { start, end, isComment } of covered) {
    const hidden = isComment ? text.slice(start, end).replaceAll(/[^\r\n]/g, " ") : "s".repeat(end - start);
    parts.push(text.slice(at, start), hidden);
    at = end;
  }
  return parts.join("") + text.slice(at);
}
