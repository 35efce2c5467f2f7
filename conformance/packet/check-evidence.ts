import { ok, type Result } from "../../src/index.js";
import { whyNoEvidence } from "./evidence-line.js";
import { type EvidenceEntry, type EvidenceLocation, evidenceEntries } from "./evidence-mapping.js";
import type { PacketFinding, PacketRule } from "./packet-rules.js";
import type { Packet } from "./parse-packet.js";
import { type PathFault, readInside } from "./repository-file.js";
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
 */
export function judgeEvidence(packet: Packet, required: readonly RequiredItem[], root: string): JudgedEvidence {
  const field = packet.fields.get("EVIDENCE_MAPPING");
  const entries = field === undefined ? [] : evidenceEntries(field);
  const findings: PacketFinding[] = [];
  const notes: string[] = [];
  const files = new Set<string>();
  const met = new Map<string, string[]>();
  const textOf = textReader(root);
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
      const why = whyNoPlace(location, textOf(location.file));
      if (why !== undefined) {
        fault(why.rule, why.message, entry);
        continue;
      }
      files.add(location.file);
      for (const id of named) met.set(id, [...(met.get(id) ?? []), shown(location)]);
    }
  }
  const requirements = required.map((item) => judgedItem(item, met.get(item.id) ?? []));
  return { requirements, files: [...files].sort(), findings: [...findings, ...gapFindings(requirements)], notes };
}

/**
 * A requirement with its evidence: a gap where it has none, or is not in force, whatever is shown.
 *
 * @requirement MEX-15, MEX-18
 */
export function judgedItem(item: RequiredItem, evidence: readonly string[]): JudgedItem {
  if (item.withheld !== undefined) return { ...item, evidence, gap: item.withheld };
  return evidence.length > 0 ? { ...item, evidence } : { ...item, evidence, gap: "no evidence" };
}

/**
 * A finding for each requirement that is a gap.
 *
 * @requirement MEX-15, MEX-18
 */
export function gapFindings(requirements: readonly JudgedItem[]): PacketFinding[] {
  return requirements.flatMap(({ id, gap, file, row }): PacketFinding[] =>
    gap === undefined ? [] : [{ rule: "SPEC-GAP", message: `${id}: ${gap}`, file, row }],
  );
}

/** The requirements that a line is for: its first words, up to a text in brackets or after a colon, with commas between. */
function idsIn(text: string, known: ReadonlySet<string>): string[] {
  const bare = text.replace(/[`*[\]]/g, "").trim();
  if (known.has(bare)) return [bare];
  const words = bare.split(/[\s,:;()]+/).filter((word) => word !== "");
  const other = words.findIndex((word) => !known.has(word) && word !== "and");
  return (other === -1 ? words : words.slice(0, other)).filter((word) => known.has(word));
}

type FileText = Result<string, PathFault>;

/** Reads each file once, however many lines of it are named. */
function textReader(root: string): (file: string) => FileText {
  const read = new Map<string, FileText>();
  return (file) => {
    const before = read.get(file);
    if (before !== undefined) return before;
    const bytes = readInside(root, file);
    const now = bytes.ok ? ok(new TextDecoder().decode(bytes.value)) : bytes;
    read.set(file, now);
    return now;
  };
}

/**
 * Says why a place is no evidence: its file is outside or not there, or its lines are not there or no code.
 *
 * @requirement MEX-15
 */
export function whyNoPlace(
  location: EvidenceLocation,
  text: FileText,
): { readonly rule: PacketRule; readonly message: string } | undefined {
  if (!text.ok) {
    return {
      rule: text.error.kind === "outside" ? "EVIDENCE-OUTSIDE" : "EVIDENCE-ABSENT",
      message: text.error.message,
    };
  }
  const why = whyNoEvidence(location.file, text.value, location);
  if (why === undefined) return undefined;
  return { rule: why.kind === "absent" ? "EVIDENCE-ABSENT" : "EVIDENCE-NOT-CODE", message: why.message };
}

function shown({ file, row, end_row }: EvidenceLocation): string {
  return end_row === row ? `${file}:${row}` : `${file}:${row}-${end_row}`;
}
