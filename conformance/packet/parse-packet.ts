import type { ListItem, Nodes, Table } from "mdast";
import {
  hidingHtml,
  type MarkdownDocument,
  parseMarkdown,
  type VisibleLine,
  visibleLines,
  visibleText,
} from "./markdown-document.js";
import { type FieldName, isGroup, type LabelMeaning, meaningOf } from "./packet-fields.js";
import type { PacketFinding } from "./packet-rules.js";

/** A line of code of a field, from a fenced block. */
export type CodeLine = { readonly text: string; readonly row: number };

/** What stands under a field's label. */
export type PacketField = {
  readonly name: FieldName;
  /** The row of the label. */
  readonly row: number;
  readonly lines: readonly VisibleLine[];
  readonly code: readonly CodeLine[];
};

/** A work packet as it was written. */
export type Packet = {
  readonly file: string;
  readonly fields: ReadonlyMap<FieldName, PacketField>;
  /** Labels that stand twice, are misspelt, or only look like one. */
  readonly findings: readonly PacketFinding[];
  /** What was forgiven. */
  readonly repairs: readonly string[];
};

type OpenField = {
  readonly name: FieldName;
  readonly row: number;
  readonly lines: VisibleLine[];
  readonly code: CodeLine[];
};

/** Where we are: the group whose members may come, the field that text goes to, and the depth of each one's heading. */
type Position = { group: string; groupDepth: number; field: OpenField | undefined; fieldDepth: number };

/** What is not shown where it stands, if at all. */
const unseen: ReadonlySet<string> = new Set(["definition", "footnoteDefinition"]);

/** Headings under which validation reports stand: what is in them is no field. */
export const reportHeading = /^validation report\b/i;

/**
 * Reads a work packet. A field is a heading, an item of a list, a line or a row of a table that begins with its label;
 * what comes after it, up to the next, is its content. Comments, quotes, code and earlier validation reports hold no fields.
 *
 * @param text - as `documentText` gives it
 */
export function parsePacket(text: string, file: string): Packet {
  const document = parseMarkdown(text, (heading) => meaningOf(labelOf(heading)?.label ?? heading, "").kind === "field");
  const reader = packetReader(document, file);
  let reportDepth = 0;
  for (const node of document.root.children) {
    if (unseen.has(node.type)) continue;
    if (node.type === "heading") {
      if (reportDepth > 0 && node.depth > reportDepth) continue;
      reportDepth = reportHeading.test(visibleText(node)) ? node.depth : 0;
      if (reportDepth > 0) reader.leave();
      else reader.heading(node, node.depth);
    } else if (reportDepth === 0) reader.block(node);
    if (reportDepth === 0) reader.hidden(hidingHtml(node, document.rowOf));
  }
  return { file, fields: reader.fields, findings: reader.findings, repairs: document.repairs };
}

function packetReader({ rowOf }: MarkdownDocument, file: string) {
  const fields = new Map<FieldName, OpenField>();
  const findings: PacketFinding[] = [];
  const at: Position = { group: "", groupDepth: 0, field: undefined, fieldDepth: 0 };

  /** Opens a field if the text begins with its label. @returns whether it did */
  const open = (line: VisibleLine, depth: number, isHeading: boolean): boolean => {
    const parts = labelOf(line.text) ?? (isHeading ? { label: line.text, rest: "" } : undefined);
    if (parts === undefined) return false;
    const meaning = meaningOf(parts.label, at.group);
    // Within a field's own text an ordinary word with a colon is no label; one that is written as a label is.
    const isPlain = !/^[\p{Lu}\d_‐-―-]{4,}$/u.test(parts.label);
    if (meaning.kind !== "lookalike" && isPlain && withinPlainField(at, depth)) return false;
    if (meaning.kind === "other") return false;
    if (meaning.kind !== "field") {
      findings.push(wrongLabel(meaning, parts.label, file, line.row));
      return false;
    }
    const earlier = fields.get(meaning.name);
    if (earlier !== undefined) {
      const message = `${meaning.name} stands at row ${earlier.row} already`;
      findings.push({ rule: "CX-573-DUPLICATE", message, file, row: line.row, hint: "say it once" });
    }
    const field: OpenField = earlier ?? { name: meaning.name, row: line.row, lines: [], code: [] };
    fields.set(meaning.name, field);
    at.field = field;
    at.fieldDepth = depth;
    if (isGroup(meaning.name)) {
      at.group = meaning.name;
      at.groupDepth = depth;
    } else if (!meaning.name.includes(".")) at.group = "";
    if (parts.rest !== "") field.lines.push({ ...line, text: parts.rest });
    return true;
  };
  const add = (lines: readonly VisibleLine[]): void => {
    at.field?.lines.push(...lines);
  };
  const leave = (): void => {
    at.group = "";
    at.groupDepth = 0;
    at.field = undefined;
    at.fieldDepth = 0;
  };
  const heading = (node: Nodes, depth: number): void => {
    const [line] = visibleLines(node, rowOf);
    if (line === undefined) return;
    if (at.group !== "" && depth <= at.groupDepth) at.group = "";
    if (open({ ...line, text: line.text.replace(/^\d+[.)]\s+/, "") }, depth, true)) return;
    if (depth <= at.fieldDepth || at.fieldDepth === itemDepth) at.field = undefined;
    else add([line]);
  };
  const items = (children: readonly ListItem[]): void => {
    for (const item of children) {
      for (const [index, child] of item.children.entries()) {
        if (child.type === "list") items(child.children);
        else if (index === 0 && child.type === "paragraph") labelled(child);
        else block(child);
      }
    }
  };
  const labelled = (node: Nodes): void => {
    for (const line of visibleLines(node, rowOf)) if (!open(line, itemDepth, false)) add([line]);
  };
  const table = (node: Table): void => {
    for (const row of node.children) {
      const cells = row.children.map(visibleText);
      const codes = row.children.flatMap((cell) => visibleLines(cell, rowOf).flatMap((line) => line.codes));
      const place = rowOf(row.position?.start.line ?? 1);
      const [label = "", value = ""] = cells;
      if (open({ text: `${label}: ${value}`, codes, row: place }, itemDepth, false)) continue;
      add([{ text: cells.join(" | "), codes, cells, row: place }]);
    }
  };
  const block = (node: Nodes): void => {
    if (node.type === "list") items(node.children);
    else if (node.type === "paragraph") labelled(node);
    else if (node.type === "table") table(node);
    else if (node.type === "code") {
      const first = (node.position?.start.line ?? 1) + 1;
      at.field?.code.push(...node.value.split("\n").map((text, index) => ({ text, row: rowOf(first + index) })));
    } else add(visibleLines(node, rowOf));
  };
  const hidden = (rows: readonly number[]): void => {
    const message = "raw HTML that can hide what stands in it";
    findings.push(...rows.map((row) => ({ rule: "CX-573-TEXT" as const, message, file, row, hint: "write Markdown" })));
  };
  return { fields, findings, leave, heading, block, hidden };
}

/** Deeper than every heading. */
const itemDepth = 7;

/** Whether what comes at this depth is text of a field that has no members and was opened by a heading above it. */
function withinPlainField({ field, fieldDepth, group }: Position, depth: number): boolean {
  return field !== undefined && !isGroup(field.name) && fieldDepth < depth && (group === "" || fieldDepth < itemDepth);
}

/** A label and what follows it: `LABEL: rest`, also emphasised. The label is at most five words. */
function labelOf(text: string): { readonly label: string; readonly rest: string } | undefined {
  const found = /^([^\s:：][^:：\n]{0,60}?)\s*[:：](?:\s+|$)(.*)$/u.exec(text);
  const [, label = "", rest = ""] = found ?? [];
  return found === null || label.split(/\s+/).length > 5 ? undefined : { label, rest };
}

function wrongLabel(
  { kind, name }: Extract<LabelMeaning, { readonly kind: "lookalike" | "misspelt" }>,
  label: string,
  file: string,
  row: number,
): PacketFinding {
  const short = name.split(".").at(-1) ?? name;
  if (kind === "misspelt") {
    const message = `“${label}” is no field`;
    return { rule: "CX-573-MISSPELT", message, file, row, hint: `did you mean ${short}?` };
  }
  const message = `“${label}” looks like ${name}, but is written with other characters`;
  return { rule: "CX-573-LOOKALIKE", message, file, row, hint: `type ${short} in plain letters` };
}
