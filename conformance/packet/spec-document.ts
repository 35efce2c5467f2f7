import type { Nodes } from "mdast";
import { parseMarkdown, type VisibleLine, visibleLines, visibleText } from "./markdown-document.js";
import { liesIn, type SectionNumber, sectionNumber, shownSection } from "./section-number.js";

/** What a spec requires in one place. */
export type RequiredItem = {
  /** Its own id where it has one, else the section and which it is there: `§11.8/2`. */
  readonly id: string;
  readonly kind: "rule" | "schema" | "invariant";
  readonly text: string;
  readonly section: string;
  readonly file: string;
  readonly row: number;
  /** Why it cannot be met yet. */
  readonly withheld?: string;
};

/** A numbered section with what stands in it, the sections below it not included. */
export type SpecSection = {
  readonly number: SectionNumber;
  readonly title: string;
  readonly row: number;
  readonly items: readonly RequiredItem[];
  /** The sections it points to by `§`. */
  readonly pointers: readonly SectionNumber[];
};

type OpenSection = {
  readonly number: SectionNumber;
  readonly title: string;
  readonly row: number;
  readonly depth: number;
} & {
  readonly items: RequiredItem[];
  readonly pointers: SectionNumber[];
};

const numbered = /^(?:§\s?|section\s+|chapter\s+)?(\d{1,6}(?:\.\d{1,6}){0,15})\.?(?=[\s:—–-]|$)\s*[:—–-]?\s*(.*)$/i;
const ownId = /^\[?([A-Z][A-Z0-9]*(?:-[A-Z0-9]+)+)\]?(?=[\s:.,)—–-]|$)/;

/**
 * Reads a spec in Markdown into its numbered sections. A requirement is what says MUST, SHALL or REQUIRED, or has an id
 * of its own; an invariant; and each schema, which is a code block in a language of types or data that is not marked as
 * an `example`.
 *
 * @param text - as `documentText` gives it
 */
export function specSections(text: string, file: string): readonly SpecSection[] {
  const { root, rowOf } = parseMarkdown(text, () => false);
  const sections: OpenSection[] = [];
  let open: OpenSection | undefined;
  let heading = "";
  const add = (kind: RequiredItem["kind"], said: string, row: number): void => {
    if (open === undefined) return;
    const section = shownSection(open.number);
    const own = ownId.exec(said)?.[1];
    const isTaken = own !== undefined && sections.some(({ items }) => items.some(({ id }) => id === own));
    // What stands twice under one id is two requirements, and evidence for one is none for the other.
    const id = own === undefined ? `${section}/${open.items.length + 1}` : isTaken ? `${own}@${row}` : own;
    open.items.push({ id, kind, text: said, section, file, row });
  };
  const say = ({ text: said, row }: VisibleLine): void => {
    open?.pointers.push(...pointersIn(said));
    const kind = kindOf(said, heading);
    if (kind !== undefined) add(kind, said, row);
  };
  /** A paragraph is one statement, however many lines it takes. */
  const paragraph = (node: Nodes): void => {
    const said = visibleText(node);
    if (said !== "") say({ text: said, codes: [], row: rowOf(node.position?.start.line ?? 1) });
  };
  const block = (node: Nodes): void => {
    if (node.type === "list") for (const item of node.children) for (const child of item.children) block(child);
    else if (node.type === "blockquote") for (const child of node.children) block(child);
    else if (node.type === "table") for (const row of node.children.slice(1)) paragraph(tableRow(row));
    else if (node.type === "code") {
      if (isSchema(node.lang ?? "", node.meta ?? "")) {
        add("schema", node.value.split("\n", 1)[0] ?? "", rowOf(node.position?.start.line ?? 1));
      }
    } else if (node.type !== "html") paragraph(node);
  };
  for (const node of root.children) {
    if (node.type !== "heading") {
      block(node);
      continue;
    }
    const [line] = visibleLines(node, rowOf);
    const found = numbered.exec(line?.text ?? "");
    const number = sectionNumber(found?.[1] ?? "");
    heading = line?.text ?? "";
    if (number !== undefined && line !== undefined) {
      const { depth } = node;
      open = {
        number,
        title: found?.[2] ?? "",
        row: line.row,
        depth,
        items: [],
        pointers: pointersIn(found?.[2] ?? ""),
      };
      sections.push(open);
    } else if (open !== undefined && node.depth <= open.depth) open = undefined;
  }
  return sections;
}

/**
 * What a statement is: a rule where it says MUST, SHALL or REQUIRED or has an id of its own; an invariant where it opens with
 * that word, or obliges under a heading that has it.
 *
 * @requirement MEX-14
 */
export function kindOf(said: string, heading: string): "rule" | "invariant" | undefined {
  const isObliging = /\b(?:MUST|SHALL|REQUIRED)\b/.test(said);
  const [opens, stands] = [said.slice(0, 40), heading].map((text) => /\binvariants?\b/i.test(text));
  if (opens || (stands && isObliging)) return "invariant";
  return isObliging || ownId.test(said) ? "rule" : undefined;
}

/**
 * Whether a block of code is a schema: in a language of types or data, and not marked as an example.
 *
 * @requirement MEX-14
 */
export function isSchema(language: string, meta: string): boolean {
  const schemas =
    /^(?:json|jsonc|jsonschema|json-schema|yaml|yml|ts|typescript|rust|rs|proto|protobuf|sql|graphql|cddl|go|java)$/i;
  return schemas.test(language) && !/\bexample\b/i.test(meta);
}

/** The sections of that number, and all below it. */
export function sectionsUnder(sections: readonly SpecSection[], number: SectionNumber): readonly SpecSection[] {
  return sections.filter((section) => liesIn(section.number, number));
}

/** A row's cells with a space between, so that words do not run together. */
function tableRow(row: Nodes): Nodes {
  if (row.type !== "tableRow") return row;
  const cells = row.children.map((cell) => visibleText(cell)).join(" ");
  return { type: "text", value: cells, ...(row.position === undefined ? {} : { position: row.position }) };
}

/** `§11.8` and, as a range, `§1–6` by its ends. */
function pointersIn(text: string): SectionNumber[] {
  const numbers = [...text.matchAll(/§\s?(\d{1,6}(?:\.\d{1,6}){0,15})/g)].map(([, number = ""]) =>
    sectionNumber(number),
  );
  return numbers.filter((number) => number !== undefined);
}
