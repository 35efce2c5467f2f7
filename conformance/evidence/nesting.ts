import { type Lexis, scanText } from "./scanned-text.js";

/** Deepest nesting of brackets that is parsed. */
export const maxBrackets = 1000;

/** Most words and signs that are parsed with no comma, semicolon or brace between them. */
export const maxStretch = 10_000;

/**
 * Says why a text may not be given to a parser that goes down its nesting by recursion: deep enough, it would end the
 * process. Hand-written code is nowhere near these bounds.
 */
export function nestingFault(text: string, lexis: Lexis): string | undefined {
  const { code } = scanText(text, lexis);
  let depth = 0;
  let stretch = 0;
  for (const [token] of code.matchAll(/[\p{L}\p{N}_$]+|[^\s\p{L}\p{N}_$]/gu)) {
    stretch = ",;{}".includes(token) ? 0 : stretch + 1;
    if ("([{".includes(token)) depth += 1;
    else if (")]}".includes(token)) depth = Math.max(0, depth - 1);
    if (depth > maxBrackets) return `brackets are nested deeper than ${maxBrackets}`;
    if (stretch > maxStretch) return `an expression is longer than ${maxStretch} words and signs`;
  }
  return undefined;
}
