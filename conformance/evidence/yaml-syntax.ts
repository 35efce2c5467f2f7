import { isMap, isNode, isPair, isScalar, isSeq, Lexer, parseAllDocuments } from "yaml";
import type { Comment, Declaration, Syntax } from "./syntax.js";

/** What the lexer puts between tokens to say what comes; none of it stands in the text. */
const signs = new Set(["\u{feff}", "\u{2}", "\u{18}", "\u{1f}"]);
const scalarSign = "\u{1f}";

/** Reads comments, keys and items of YAML: a marker speaks for the key with its value, or the item, after it. */
export function syntaxOfYaml(text: string): Syntax {
  const found = new Map<number, Declaration>();
  const add = (name: string, start: number, end: number): void => {
    if (!found.has(start)) found.set(start, { name: name.slice(0, 200), start, end });
  };
  const visit = (node: unknown, path: readonly string[]): void => {
    if (isMap(node)) {
      for (const pair of node.items) {
        if (!isPair(pair) || !isNode(pair.key) || !pair.key.range) continue;
        const name = [...path, isScalar(pair.key) ? String(pair.key.value) : "?"];
        const value = isNode(pair.value) ? pair.value : undefined;
        add(name.join("."), pair.key.range[0], value?.range?.[1] ?? pair.key.range[1]);
        visit(value, name);
      }
    } else if (isSeq(node)) {
      for (const [index, item] of node.items.entries()) {
        if (!isNode(item) || !item.range) continue;
        const name = [...path, String(index)];
        // An item opens with its dash, on the item's own line or the one before.
        const dash = node.flow === true ? -1 : text.lastIndexOf("-", item.range[0] - 1);
        const opens = dash !== -1 && text.slice(dash + 1, item.range[0]).trim() === "" ? dash : item.range[0];
        add(name.join("."), opens, item.range[1]);
        visit(item, name);
      }
    }
  };
  const broken: { readonly start: number; readonly end: number }[] = [];
  for (const document of parseAllDocuments(text, { strict: true, uniqueKeys: false, logLevel: "silent" })) {
    broken.push(...document.errors.map(({ pos: [start, end] }) => ({ start, end })));
    visit(document.contents, []);
  }
  return { comments: commentsOf(text), declarationAt: (offset) => found.get(offset), tests: [], broken };
}

function commentsOf(text: string): Comment[] {
  const comments: Comment[] = [];
  let at = text.startsWith("\u{feff}") ? 1 : 0;
  let last = "";
  for (const token of new Lexer().lex(text)) {
    if (!signs.has(token)) {
      if (token.startsWith("#") && last !== scalarSign) comments.push({ start: at, end: at + token.length });
      at += token.length;
    }
    last = token;
  }
  return comments;
}
