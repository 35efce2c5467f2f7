import { type Lexis, scanText } from "./scanned-text.js";
import type { Declaration, Syntax } from "./syntax.js";

/** Where the declaration that opens at an offset ends, in a text without comments and strings. */
type EndOf = (code: string, start: number) => number;

/** Reads a language whose statements end with `;`, as SQL's do. */
export function syntaxByStatement(text: string, lexis: Lexis): Syntax {
  return syntaxOf(text, lexis, (code, start) => {
    const end = code.indexOf(";", start);
    return end === -1 ? code.trimEnd().length : end + 1;
  });
}

/**
 * Reads any language by the look of it: a declaration is its first line, the lines in its brackets, those indented
 * deeper, and the line that closes it.
 */
export function syntaxByBlock(text: string, lexis: Lexis): Syntax {
  return syntaxOf(text, lexis, blockEnd);
}

function syntaxOf(text: string, lexis: Lexis, endOf: EndOf): Syntax {
  const { comments, code } = scanText(text, lexis);
  const declarationAt = (start: number): Declaration | undefined => {
    if (start >= text.length) return undefined;
    const end = endOf(code, start);
    const firstLine = text.slice(start, Math.min(end, lineEnd(text, start)));
    return { name: firstLine.replaceAll(/\s+/g, " ").trim().slice(0, 80), start, end };
  };
  return { comments, declarationAt: once(declarationAt), tests: [], broken: [] };
}

/** The same declaration for the same offset, so that two markers before one speak for one. */
function once(find: (start: number) => Declaration | undefined): (start: number) => Declaration | undefined {
  const found = new Map<number, Declaration | undefined>();
  return (start) => {
    if (!found.has(start)) found.set(start, find(start));
    return found.get(start);
  };
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end === -1 ? text.length : end;
}

const closer = /^(?:[{})\]]|(?:end|fi|done|esac|else|elsif|elif|rescue|ensure|catch|finally)\b)/;

function blockEnd(code: string, start: number): number {
  const margin = start - (code.lastIndexOf("\n", start - 1) + 1);
  let end = start;
  let depth = 0;
  for (let from = start; from < code.length; from = lineEnd(code, from) + 1) {
    const line = code.slice(from, lineEnd(code, from));
    const indent = line.length - line.trimStart().length;
    const words = line.trim();
    const belongs = from === start || depth > 0 || indent > margin || (indent === margin && closer.test(words));
    if (words !== "" && !belongs) break;
    // What a line opens and closes again leaves the depth as it is; a stray closing bracket opens nothing.
    for (const bracket of words.replaceAll(/[^([{}\])]/g, "")) {
      depth = Math.max(0, depth + ("([{".includes(bracket) ? 1 : -1));
    }
    if (words !== "") end = from + line.trimEnd().length;
  }
  return end;
}
