import type { Code, Nodes, Root } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";

/** A parsed document whose rows are those of the file, also where fences were repaired. */
export type MarkdownDocument = {
  readonly root: Root;
  /** The file's row, from 1, of a row of the parsed text. */
  rowOf(parsedRow: number): number;
  /** What was forgiven, one sentence each. */
  readonly repairs: readonly string[];
};

/** One line of a document's visible text, with the code spans in it and, of a table, the cells. */
export type VisibleLine = {
  readonly text: string;
  readonly codes: readonly string[];
  readonly cells?: readonly string[];
  readonly row: number;
};

type SourceLine = { readonly text: string; readonly row: number };

/** Deepest nesting of quotes and lists that is parsed: what is deeper is no document. */
const maxNesting = 60;
/**
 * Says why a text is not to be given to the parser, with the row.
 *
 * @param maxLine - longest line, in UTF-16 code units: brackets and emphasis cost more than their length
 */
export function whyNotMarkdown(
  text: string,
  maxLine = 4000,
): { readonly message: string; readonly row: number } | undefined {
  for (const [index, line] of text.split("\n").entries()) {
    const row = index + 1;
    if (line.length > maxLine) return { message: `a line longer than ${maxLine} characters`, row };
    const opening = /^(?:[ \t]*(?:>|[-+*]|\d{1,9}[.)])(?=[ \t>]|$))*/.exec(line)?.[0] ?? "";
    const markers = opening.replace(/[ \t]/g, "").length;
    if (markers > maxNesting) return { message: `lists or quotes nested more than ${maxNesting} deep`, row };
    if (line.search(/[^ \t]|$/) > 4 * maxNesting) return { message: `indented by more than ${4 * maxNesting}`, row };
  }
  return undefined;
}

/**
 * Parses GitHub's Markdown. Forgives fences: a document that is fenced as a whole is unwrapped, and a fence that is never
 * closed, or closed by a line that opens another, ends before the heading it would swallow.
 *
 * @param isHeading - whether a heading's text is one that no code would hold
 */
export function parseMarkdown(text: string, isHeading: (heading: string) => boolean): MarkdownDocument {
  let lines: SourceLine[] = text.split("\n").map((line, index) => ({ text: line, row: index + 1 }));
  const repairs: string[] = [];
  // Each repair takes one swallowed heading out of a fence; a document with more accidents than this is not worth it.
  for (let attempt = 0; ; attempt++) {
    const root = treeOf(lines);
    const repaired = attempt < 20 ? repairOne(root, lines, isHeading) : undefined;
    if (repaired === undefined) {
      const rows = lines.map(({ row }) => row);
      return { root, rowOf: (row) => rows[row - 1] ?? row, repairs };
    }
    lines = repaired.lines;
    repairs.push(repaired.repair);
  }
}

function treeOf(lines: readonly SourceLine[]): Root {
  const source = lines.map((line) => line.text).join("\n");
  return fromMarkdown(source, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
}

type Repair = { readonly lines: SourceLine[]; readonly repair: string };

function repairOne(
  root: Root,
  lines: readonly SourceLine[],
  isHeading: (heading: string) => boolean,
): Repair | undefined {
  const blocks = root.children.filter((node) => !isComment(node));
  const fenced = blocks.flatMap((node) => (node.type === "code" ? fencedBlock(node, lines) : []));
  // Where a fence is left open, it may be an earlier one that took its closing line for its own.
  const isOdd = fenced.some(({ closed }) => !closed);
  for (const { node, start, end, fence, closed } of fenced) {
    const inner = lines.slice(start, closed ? end - 1 : end);
    const swallowed = inner.findIndex(({ text }) => {
      const heading = /^ {0,3}#{1,6}[ \t]+(.*?)[ \t]*#*$/.exec(text)?.[1];
      return heading !== undefined && isHeading(heading);
    });
    if (swallowed === -1) continue;
    const row = lines[start - 1]?.row ?? start;
    if (blocks.length === 1 && /^(?:markdown|md|text)?$/.test(node.lang ?? "")) {
      return { lines: inner, repair: `the fence around the whole document, from row ${row}, is left out` };
    }
    const opening = new RegExp(`^ {0,3}${fence}[\\w-]+[ \\t]*$`);
    const reopened = inner.slice(0, swallowed).findIndex(({ text }) => opening.test(text));
    if (!isOdd && reopened === -1) continue;
    const at = start + (reopened === -1 ? swallowed : reopened);
    const next = lines[at]?.row ?? row;
    return {
      lines: [...lines.slice(0, at), { text: fence, row: next }, ...lines.slice(reopened === -1 ? at : at + 1)],
      repair: `the fence opened at row ${row} is not closed: it is taken to end before row ${next}`,
    };
  }
  return undefined;
}

/** A fenced block with its rows in the parsed text; none where the code is indented. */
function fencedBlock(node: Code, lines: readonly SourceLine[]) {
  const [start, end] = [node.position?.start.line ?? 1, node.position?.end.line ?? 1];
  const fence = /^ {0,3}(`{3,}|~{3,})/.exec(lines[start - 1]?.text ?? "")?.[1];
  if (fence === undefined) return [];
  const last = (lines[end - 1]?.text ?? "").trim();
  const closed = end > start && last.length >= fence.length && [...last].every((char) => char === fence[0]);
  return [{ node, start, end, fence, closed }];
}

function isComment(node: Nodes): boolean {
  return node.type === "html" && node.value.trimStart().startsWith("<!--");
}

/** What a reader sees of inline content, by line. Comments, struck out text and the texts of pictures are not seen. */
export function visibleLines(node: Nodes, rowOf: (row: number) => number): VisibleLine[] {
  const lines: { text: string; codes: string[] }[] = [{ text: "", codes: [] }];
  const add = (text: string): void => {
    for (const [index, part] of text.split("\n").entries()) {
      if (index > 0) lines.push({ text: "", codes: [] });
      const last = lines.at(-1);
      if (last !== undefined) last.text += part;
    }
  };
  const visit = (one: Nodes): void => {
    if (isComment(one) || one.type === "delete") return;
    if (one.type === "break") add("\n");
    else if (one.type === "inlineCode") {
      add(one.value);
      lines.at(-1)?.codes.push(one.value);
    } else if ("children" in one) for (const child of one.children) visit(child);
    else if ("value" in one) add(one.value);
  };
  visit(node);
  const start = node.position?.start.line ?? 1;
  return lines
    .map((line, index) => ({ text: line.text.trim(), codes: line.codes, row: rowOf(start + index) }))
    .filter(({ text }) => text !== "");
}

/** The visible text of inline content on one line. */
export function visibleText(node: Nodes): string {
  return visibleLines(node, (row) => row)
    .map(({ text }) => text)
    .join(" ");
}

/** Raw HTML that can hide what stands in it, with its row: elements that are not shown, and attributes. */
export function hidingHtml(node: Nodes, rowOf: (row: number) => number): readonly number[] {
  if (node.type === "html") {
    return !isComment(node) && hides.test(node.value) ? [rowOf(node.position?.start.line ?? 1)] : [];
  }
  return "children" in node ? node.children.flatMap((child) => hidingHtml(child, rowOf)) : [];
}

const hides =
  /<(?:script|style|template|title|noscript|textarea|iframe|object|svg|math|select|datalist|dialog|head|audio|video|canvas)\b|<[a-z][\w-]*\s[^>]*?(?:\bhidden\b|[\w:-]\s*=)/i;
