import { isInForce, type SpecFile } from "../spec/index.js";
import { readRequirements } from "../spec/requirement-file.js";
import { currentSpec, pathsIn } from "./current-spec.js";
import { whyNotMarkdown } from "./markdown-document.js";
import type { PacketFinding } from "./packet-rules.js";
import { documentText, maxDocumentBytes } from "./packet-text.js";
import type { Packet, PacketField } from "./parse-packet.js";
import { readInside, statInside } from "./repository-file.js";
import { isInRanges, type SectionNumber, sectionNumber, shownSection } from "./section-number.js";
import { type RequiredItem, type SpecSection, sectionsUnder, specSections } from "./spec-document.js";

/** Where the spec is, and which of its sections are a plan and which are what is to be built. */
export type SpecPlace = {
  readonly root: string;
  /** The file that names the current spec, or the spec. */
  readonly specCurrent: string;
  /** Ranges of sections that only point elsewhere: `7.6`. */
  readonly roadmap: readonly string[];
  /** Ranges of sections that define done; empty for all but the roadmap's. */
  readonly mainBody: readonly string[];
  /** The product's version, which tells what is in force of a spec in YAML; undefined where all of it is. */
  readonly version: string | undefined;
};

/** What the anchor of a packet leads to. */
export type ResolvedAnchor = {
  /** The current spec, from the repository's root. */
  readonly spec: string | undefined;
  /** The sections of the main body, or the ids of a spec in YAML. */
  readonly sections: readonly string[];
  readonly requirements: readonly RequiredItem[];
  readonly findings: readonly PacketFinding[];
};

/**
 * Looks the packet's SPEC_ANCHOR up in the current spec, which must be the one that the packet names, and lists everything
 * that the sections of the main body require. An anchor into the roadmap is a pointer: the sections it names count, and
 * what the roadmap itself says does not.
 *
 * @requirement MEX-14
 */
export function resolveAnchor(packet: Packet, place: SpecPlace): ResolvedAnchor {
  const nothing = { sections: [], requirements: [] };
  const named = currentSpec(place.root, place.specCurrent);
  if (!named.ok) return { spec: undefined, ...nothing, findings: [named.error] };
  const spec = named.value;
  const authority = packet.fields.get("AUTHORITY.SPEC_CURRENT");
  const mismatch = authority === undefined ? [] : specMismatch(authority, spec, packet.file);
  const anchor = packet.fields.get("SCOPE.SPEC_ANCHOR");
  const texts = specTexts(place.root, spec);
  if ("finding" in texts) return { spec, ...nothing, findings: [...mismatch, texts.finding] };
  const isYaml = texts.files.every(({ file }) => /\.ya?ml$/.test(file));
  const found = isYaml
    ? yamlAnchor(anchor, texts.files, place.version, packet.file)
    : markdownAnchor(anchor, texts.files, place, packet.file);
  const findings = [...mismatch, ...found.findings];
  if (findings.length === 0 && found.requirements.length === 0) {
    const message = `${found.sections.join(", ")} of ${spec} require nothing`;
    findings.push({ rule: "SPEC-EMPTY", message, file: packet.file, ...rowOf(anchor) });
  }
  return { spec, ...found, findings };
}

function specMismatch(field: PacketField, spec: string, file: string): PacketFinding[] {
  const said = field.lines.map(({ text }) => text).join(" ");
  if (pathsIn(said).includes(spec)) return [];
  const message = `the packet follows “${said.slice(0, 200)}”, the repository's current spec is ${spec}`;
  return [{ rule: "SPEC-CURRENT", message, file, row: field.row, hint: `if the packet holds for it, name ${spec}` }];
}

function specTexts(
  root: string,
  spec: string,
): { readonly files: readonly SpecFile[] } | { readonly finding: PacketFinding } {
  const found = statInside(root, spec);
  const finding = (message: string, row?: number): { readonly finding: PacketFinding } => ({
    finding: { rule: "SPEC-CURRENT", message, file: spec, ...(row === undefined ? {} : { row }) },
  });
  if (!found.ok) return finding(found.error.message);
  if (found.value === "folder") return finding("is a folder: name the file of requirements in it");
  const bytes = readInside(root, spec, maxDocumentBytes);
  if (!bytes.ok) return finding(bytes.error.message);
  const { text } = documentText(bytes.value, spec);
  // A spec may have its paragraphs on one line each.
  const why = whyNotMarkdown(text, 20_000);
  if (why !== undefined) return finding(why.message, why.row);
  return { files: [{ file: spec, text }] };
}

type Found = Pick<ResolvedAnchor, "sections" | "requirements" | "findings">;

function yamlAnchor(
  anchor: PacketField | undefined,
  files: readonly SpecFile[],
  version: string | undefined,
  packet: string,
): Found {
  const items: { readonly item: RequiredItem; readonly doc: string }[] = [];
  for (const file of files) {
    const read = readRequirements(file);
    if (!read.ok) {
      const findings = read.error.map(({ message, place }): PacketFinding => {
        return {
          rule: "SPEC-CURRENT",
          message,
          file: file.file,
          ...(place?.row === undefined ? {} : { row: place.row }),
        };
      });
      return { sections: [], requirements: [], findings };
    }
    for (const one of read.value) {
      const { id, text, source, row, since } = one;
      const withheld = version === undefined || isInForce(one, version) ? {} : { withheld: `in force from ${since}` };
      const item: RequiredItem = { id, kind: "rule", text, section: source.section, file: file.file, row, ...withheld };
      items.push({ item, doc: source.doc });
    }
  }
  const findings: PacketFinding[] = [];
  const picked = new Set<string>();
  const sections: string[] = [];
  for (const one of anchorsIn(anchor)) {
    const chosen = items.filter(({ item }) => isMeant(one, item));
    if (chosen.length === 0) findings.push(noAnchor(one, files[0]?.file ?? "", anchor, packet));
    else sections.push(one);
    for (const { item } of chosen) picked.add(item.id);
  }
  return { sections, requirements: items.map(({ item }) => item).filter(({ id }) => picked.has(id)), findings };
}

/** An id, the first part of ids (`MEX`), ids from one to another (`MEX-01..MEX-06`), or the section of a source. */
function isMeant(anchor: string, { id, section }: RequiredItem): boolean {
  const [from = "", to] = anchor.split(/\s*(?:\.\.+|…)\s*/);
  if (to !== undefined) {
    const [first, last, own] = [from, to, id].map((one) => /^(.*-)(\d+)$/.exec(one));
    if (first?.[1] !== own?.[1] || last?.[1] !== own?.[1]) return false;
    return Number(own?.[2]) >= Number(first?.[2]) && Number(own?.[2]) <= Number(last?.[2]);
  }
  return (
    id === anchor || id.startsWith(`${anchor}-`) || section.toLowerCase() === anchor.replace(/^§\s?/, "").toLowerCase()
  );
}

function markdownAnchor(
  anchor: PacketField | undefined,
  files: readonly SpecFile[],
  { roadmap, mainBody }: SpecPlace,
  packet: string,
): Found {
  const sections = files.flatMap(({ file, text }) => specSections(text, file));
  const file = files[0]?.file ?? "";
  const findings: PacketFinding[] = [];
  const body = new Map<string, SectionNumber>();
  const isBody = (number: SectionNumber) =>
    mainBody.length === 0 ? !isInRanges(number, roadmap) : isInRanges(number, mainBody);
  const seen = new Set<string>();
  const follow = (number: SectionNumber, from: string | undefined): void => {
    const shown = shownSection(number);
    if (seen.has(shown)) return;
    seen.add(shown);
    const heads = sections.filter((section) => shownSection(section.number) === shown);
    const [head] = heads;
    if (head === undefined) {
      findings.push(from === undefined ? noAnchor(shown, file, anchor, packet) : noPointer(from, shown, file));
      return;
    }
    if (heads.length > 1) {
      const rows = heads.map(({ row }) => row).join(", ");
      findings.push({
        rule: "SPEC-ANCHOR",
        message: `${shown} stands more than once in ${file}: rows ${rows}`,
        file,
        row: head.row,
      });
    }
    if (isInRanges(number, roadmap)) {
      const before = body.size;
      for (const to of sectionsUnder(sections, number).flatMap(({ pointers }) => pointers)) follow(to, shown);
      if (body.size === before && from === undefined) findings.push(leadsNowhere(head, file));
    } else if (isBody(number)) body.set(shown, number);
    else if (from === undefined) {
      const message = `${shown} of ${file} is neither in the roadmap nor in the main body`;
      findings.push({
        rule: "SPEC-ANCHOR",
        message,
        file: packet,
        ...rowOf(anchor),
        hint: "see packets in lockkeeper.yaml",
      });
    }
  };
  for (const one of anchorsIn(anchor)) {
    const number = sectionNumber(one);
    if (number === undefined) findings.push(noAnchor(one, file, anchor, packet));
    else follow(number, undefined);
  }
  const under = [...body.values()].flatMap((number) => sectionsUnder(sections, number));
  const requirements = [...new Set(under)].flatMap(({ items }) => items);
  return { sections: [...body.keys()], requirements, findings };
}

/** The anchors that a packet names: `§7.6.3.10`, several with commas between them; what follows a dash or a bracket is a title. */
function anchorsIn(field: PacketField | undefined): string[] {
  const parts = (field?.lines ?? []).flatMap(({ text }) => text.split(/\s*[,;]\s*|\s+and\s+/));
  return parts.map((part) => part.replace(/\s+[—–-]\s.*$|\s*\(.*$/u, "").trim()).flatMap(withoutTitle);
}

/** `§11.8 Gates` names the section 11.8. */
function withoutTitle(part: string): string[] {
  const number = /^§\s?\d+(?:\.\d+)*(?=\s|$)/.exec(part)?.[0];
  return part === "" ? [] : [number ?? part];
}

function noAnchor(anchor: string, spec: string, field: PacketField | undefined, file: string): PacketFinding {
  return { rule: "SPEC-ANCHOR", message: `${spec} has no ${anchor}`, file, ...rowOf(field) };
}

function noPointer(from: string, to: string, file: string): PacketFinding {
  return { rule: "SPEC-POINTER", message: `${from} points to ${to}, which is not there`, file };
}

function leadsNowhere({ number, row }: SpecSection, file: string): PacketFinding {
  const message = `${shownSection(number)} is a roadmap's and names no section of the main body`;
  return { rule: "SPEC-POINTER", message, file, row, hint: "let it say which sections define done, such as §11.8" };
}

function rowOf(field: PacketField | undefined): { readonly row?: number } {
  return field === undefined ? {} : { row: field.row };
}
