import go from "@ast-grep/lang-go";
import java from "@ast-grep/lang-java";
import python from "@ast-grep/lang-python";
import rust from "@ast-grep/lang-rust";
import { parse, registerDynamicLanguage, type SgNode } from "@ast-grep/napi";
import type { Comment, Declaration, Syntax } from "./syntax.js";
import { type Grammar, grammars, type TreeLanguage } from "./tree-grammars.js";

registerDynamicLanguage({ go, java, python, rust });

/** One declaration while its file is read. */
type Open = { readonly node: SgNode; readonly start: number; readonly end: number; readonly path: readonly string[] };

/** Reads comments and declarations of a language by its tree-sitter grammar, which also reads what does not parse. */
export function syntaxByTree(language: TreeLanguage, file: string, text: string): Syntax {
  const grammar: Grammar = grammars[language];
  const root = parse(language, text).root();
  const wanted = [...grammar.comments, ...grammar.declarations, ...grammar.attributes, "ERROR"];
  const nodes = root.findAll({ rule: { any: wanted.map((kind) => ({ kind })) } });
  const ofKind = (kinds: readonly string[]) => nodes.filter((node) => kinds.includes(String(node.kind())));
  const spans = (list: readonly SgNode[]) => list.map((node) => spanOf(node));

  const comments: Comment[] = spans(ofKind(grammar.comments));
  const attributes = spans(ofKind(grammar.attributes));
  const found = new Map<number, Declaration>();
  const tests: Declaration[] = [];
  const stack: Open[] = [];
  const container = grammar.container?.(root) ?? [];
  for (const node of ofKind(grammar.declarations).sort(
    (a, b) => spanOf(a).start - spanOf(b).start || size(b) - size(a),
  )) {
    const span = spanOf(node);
    while ((stack.at(-1)?.end ?? span.end) < span.end) stack.pop();
    const names = grammar.namesOf(node);
    const path = [...(stack.at(-1)?.path ?? []), ...names];
    // What a decorator stands before is the decorated whole.
    if (grammar.isInner(node)) continue;
    const own = attributesBefore(span.start, attributes, comments, text);
    const marks = own.map(({ start, end }) => text.slice(start, end));
    const start = own[0]?.start ?? span.start;
    const name = path.join(grammar.joint).slice(0, 200);
    const base = { name: name === "" ? String(node.kind()) : name, start, end: span.end };
    const what = grammar.testOf(node, { file, marks, depth: stack.length });
    const declaration: Declaration =
      what === "test" ? { ...base, path: [...container, ...path] } : what === "group" ? { ...base, group: true } : base;
    if (what === "test") tests.push(declaration);
    for (const at of [start, ...own.map((one) => one.start), span.start]) {
      if (!found.has(at)) found.set(at, declaration);
    }
    comments.push(...docstringsOf(grammar, node, declaration));
    stack.push({ node, start: span.start, end: span.end, path });
  }
  return {
    comments: comments.sort((a, b) => a.start - b.start),
    declarationAt: (offset) => found.get(offset),
    tests,
    broken: spans(ofKind(["ERROR"])),
  };
}

function docstringsOf(grammar: Grammar, node: SgNode, holder: Declaration): Comment[] {
  const docstring = grammar.docstringOf?.(node);
  return docstring === undefined ? [] : [{ ...spanOf(docstring), holder }];
}

/** The attributes right before an offset, with nothing but blanks and comments between, first one first. */
function attributesBefore(
  offset: number,
  attributes: readonly { readonly start: number; readonly end: number }[],
  comments: readonly Comment[],
  text: string,
): { readonly start: number; readonly end: number }[] {
  const before: { readonly start: number; readonly end: number }[] = [];
  let at = offset;
  for (const one of attributes.filter(({ end }) => end <= offset).reverse()) {
    let between = text.slice(one.end, at);
    for (const { start, end } of comments) {
      if (start >= one.end && end <= at) between = between.replace(text.slice(start, end), "");
    }
    if (between.trim() !== "") break;
    before.unshift(one);
    at = one.start;
  }
  return before;
}

function spanOf(node: SgNode): { readonly start: number; readonly end: number } {
  const { start, end } = node.range();
  return { start: start.index, end: end.index };
}

function size(node: SgNode): number {
  const { start, end } = spanOf(node);
  return end - start;
}
