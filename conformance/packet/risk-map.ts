import type { PacketFinding } from "./packet-rules.js";
import type { PacketField } from "./parse-packet.js";

/** A risk of the risk map, what it asks for, and whether it came true. `watched` is false for risks that no rule tells of. */
export type JudgedRisk = {
  readonly risk: string;
  readonly action: string;
  readonly watched: boolean;
  readonly came_true: boolean;
  /** The rules that told. */
  readonly rules: readonly string[];
};

/** The risks that are always watched, in the map or not: what tells that one came true, and what is done about it. */
const watched: readonly {
  readonly risk: string;
  readonly words: RegExp;
  readonly rules: RegExp;
  readonly action: string;
}[] = [
  {
    risk: "spec mismatch",
    words: /\bspec\b|\banchor/i,
    rules: /^SPEC-(?:CURRENT|ANCHOR|POINTER|EMPTY)$/,
    action: "SPEC_CURRENT and the anchors are validated",
  },
  {
    risk: "placeholder evidence",
    words: /\bplaceholder|\bevidence\b/i,
    rules: /^EVIDENCE-/,
    action: "later stages are blocked",
  },
  {
    risk: "forbidden pattern",
    words: /\bforbidden|\bpattern|\bhygiene\b/i,
    rules: /^HYGIENE-/,
    action: "the packet's scope is scanned",
  },
];

/**
 * Says of every risk whether it came true, from what the stages found: those of RISK_MAP (`risk -> action`), and those that
 * are always watched.
 *
 * @requirement MEX-19
 */
export function judgeRisks(field: PacketField | undefined, findings: readonly PacketFinding[]): JudgedRisk[] {
  const told = (rules: RegExp | undefined, file?: RegExp): string[] => {
    const found = findings.filter(
      ({ rule, message }) => rules?.test(rule) || (rule === "CX-573-PLACEHOLDER" && file?.test(message)),
    );
    return [...new Set(found.map(({ rule }) => rule))].sort();
  };
  const judged = (risk: string, action: string, kind: (typeof watched)[number] | undefined): JudgedRisk => {
    // Placeholder evidence is found before anything else is looked at.
    const rules = told(kind?.rules, kind?.risk === "placeholder evidence" ? /^EVIDENCE_MAPPING/ : undefined);
    return { risk, action, watched: kind !== undefined, came_true: rules.length > 0, rules };
  };
  const mapped = riskLines(field).map((line) => ({
    ...line,
    kind: watched.find(({ words }) => words.test(line.risk)),
  }));
  const unmapped = watched.filter((one) => mapped.every(({ kind }) => kind !== one));
  return [
    ...mapped.map(({ risk, action, kind }) => judged(risk, action, kind)),
    ...unmapped.map((kind) => judged(kind.risk, kind.action, kind)),
  ];
}

/** The lines of a risk map, without their quotes: `risk -> action`, also with other arrows or as rows of a table. */
function riskLines(field: PacketField | undefined): { readonly risk: string; readonly action: string }[] {
  const lines = [...(field?.lines ?? []), ...(field?.code ?? [])].map(({ text }) => text).filter((text) => text !== "");
  return lines.map((text) => {
    const [risk = "", ...rest] = text
      .split(/\s*(?:-+>|=+>|→|\|)\s*/)
      .map((part) => part.replace(/^["'“]|["'”]$/gu, "").trim());
    return { risk, action: rest.join(", ") };
  });
}
