import { whyNoEvidence } from "./evidence-line.js";
import { type EvidenceEntry, type EvidenceLocation, evidenceEntries } from "./evidence-mapping.js";
import type { PacketFinding, PacketRule } from "./packet-rules.js";
import type { Packet } from "./parse-packet.js";
import { readInside } from "./repository-file.js";
import type { RequiredItem } from "./spec-document.js";

/** A requirement with the places that meet it, `FILE:ROW`, or why it is a gap. */
export type JudgedItem = RequiredItem & { readonly evidence: readonly string[]; readonly gap?: string };

/** What became of a packet's evidence. */
export type JudgedEvidence = {
  readonly requirements: readonly JudgedItem[];
  /** The files whose lines were looked at and are code, sorted. */
  readonly files: readonly string[];
  readonly findings: readonly PacketFinding[];
  readonly notes: readonly string[];
};

/**
 * Looks at every line that EVIDENCE_MAPPING names, and asks of every requirement whether one of them is its own. Evidence
 * that is a placeholder, absent, no code or outside the repository is a finding; a requirement without evidence, or one
 * that is not in force, is a gap.
 *
 * @requirement MEX-15, MEX-18
 */
export function judgeEvidence(packet: Packet, required: readonly RequiredItem[], root: string): JudgedEvidence {
  const field = packet.fields.get("EVIDENCE_MAPPING");
  const entries = field === undefined ? [] : evidenceEntries(field);
  const findings: PacketFinding[] = [];
  const notes: string[] = [];
  const files = new Set<string>();
  const met = new Map<string, string[]>();
  const texts = textReader(root);
  const fault = (rule: PacketRule, message: string, { row, requirement }: EvidenceEntry): void => {
    findings.push({ rule, message: `${requirement}: ${message}`, file: packet.file, row });
  };
  const ids = new Set(required.map(({ id }) => id));
  for (const entry of entries) {
    if (entry.fault !== undefined) fault("EVIDENCE-PLACEHOLDER", entry.fault, entry);
    const named = idsIn(entry.requirement, ids);
    if (named.length === 0 && entry.fault === undefined) {
      notes.push(`row ${entry.row}: “${entry.requirement.slice(0, 200)}” is no requirement of the sections that count`);
    }
    for (const location of entry.locations) {
      const why = whyNot(location, texts);
      if (why !== undefined) {
        fault(why.rule, why.message, entry);
        continue;
      }
      files.add(location.file);
      for (const id of named) met.set(id, [...(met.get(id) ?? []), shown(location)]);
    }
  }
  const requirements = required.map((item): JudgedItem => {
    const evidence = met.get(item.id) ?? [];
    const gap = item.withheld ?? (evidence.length === 0 ? "no evidence" : undefined);
    return gap === undefined ? { ...item, evidence } : { ...item, evidence, gap };
  });
  for (const { id, gap, file, row } of requirements) {
    if (gap !== undefined) findings.push({ rule: "SPEC-GAP", message: `${id}: ${gap}`, file, row });
  }
  return { requirements, files: [...files].sort(), findings, notes };
}

/** The requirements that a line is for: its first words, up to a text in brackets or after a colon, with commas between. */
function idsIn(text: string, known: ReadonlySet<string>): string[] {
  const bare = text.replace(/[`*[\]]/g, "").trim();
  if (known.has(bare)) return [bare];
  const words = bare.split(/[\s,:;()]+/).filter((word) => word !== "");
  const other = words.findIndex((word) => !known.has(word) && word !== "and");
  return (other === -1 ? words : words.slice(0, other)).filter((word) => known.has(word));
}

type TextReader = (file: string) => { readonly text: string } | { readonly rule: PacketRule; readonly message: string };

/** Reads each file once, however many lines of it are named. */
function textReader(root: string): TextReader {
  const read = new Map<string, ReturnType<TextReader>>();
  return (file) => {
    const before = read.get(file);
    if (before !== undefined) return before;
    const bytes = readInside(root, file);
    const rule = !bytes.ok && bytes.error.kind === "outside" ? "EVIDENCE-OUTSIDE" : "EVIDENCE-ABSENT";
    const now = bytes.ok
      ? { text: new TextDecoder().decode(bytes.value) }
      : ({ rule, message: bytes.error.message } as const);
    read.set(file, now);
    return now;
  };
}

function whyNot(
  location: EvidenceLocation,
  textOf: TextReader,
): { readonly rule: PacketRule; readonly message: string } | undefined {
  const read = textOf(location.file);
  if ("rule" in read) return read;
  const why = whyNoEvidence(location.file, read.text, location);
  if (why === undefined) return undefined;
  return { rule: why.kind === "absent" ? "EVIDENCE-ABSENT" : "EVIDENCE-NOT-CODE", message: why.message };
}

function shown({ file, row, end_row }: EvidenceLocation): string {
  return end_row === row ? `${file}:${row}` : `${file}:${row}-${end_row}`;
}
