import { createHash } from "node:crypto";
import type { Report } from "../../src/index.js";
import { canonicalJson } from "./canonical-json.js";
import { type Finding, findingsOf, type Sources } from "./findings.js";
import { sarifPlace, sarifText } from "./sarif-parts.js";

/**
 * Writes what is not as it should be as SARIF 2.1.0, with a rule for each requirement in force and a fingerprint that
 * stays while the finding does. Waived gaps are there and suppressed.
 *
 * @param sources - gives a gap without evidence the place where its requirement is written
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 * @requirement HAR-05
 */
export function sarifReport(report: Report, sources: Sources): string {
  const findings = findingsOf(report, sources);
  const described = new Map(report.requirements.map((one) => [one.id, one]));
  const ids = [...new Set([...findings.map((one) => one.rule), ...inForce(report)])].sort();
  const rules = ids.map((id) => {
    const one = described.get(id);
    if (one === undefined) return { id: sarifText(id), shortDescription: { text: sarifText(`A finding about ${id}`) } };
    return {
      id: sarifText(id),
      shortDescription: { text: sarifText(`${one.id} (${one.level})`) },
      fullDescription: { text: sarifText(one.text) },
      help: {
        text: sarifText(`From ${one.source}. Shown by ${one.method}; this version demands ${one.demanded}.`),
      },
      properties: { level: one.level, method: one.method, rev: one.rev },
    };
  });
  return canonicalJson({
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: sarifText(report.product.name), version: sarifText(report.product.version), rules } },
        columnKind: "utf16CodeUnits",
        results: findings.map((finding) => resultOf(finding, ids.indexOf(finding.rule))),
        properties: { verdict: report.verdict, exit_code: report.exit_code },
      },
    ],
  });
}

function inForce({ requirements }: Report): string[] {
  return requirements.filter((one) => one.status !== "planned").map((one) => one.id);
}

function resultOf(finding: Finding, ruleIndex: number) {
  const { rule, level, title, message, spot, related } = finding;
  return {
    ruleId: sarifText(rule),
    ruleIndex,
    level,
    message: { text: sarifText(`${title}\n${message}`) },
    locations: spot === undefined ? [] : [{ physicalLocation: sarifPlace(spot) }],
    ...(related.length === 0
      ? {}
      : { relatedLocations: related.map((one, at) => ({ id: at + 1, physicalLocation: sarifPlace(one) })) }),
    partialFingerprints: { "finding/v1": createHash("sha256").update(`${rule}\n${title}`).digest("hex") },
    ...(level === "note" ? { suppressions: [{ kind: "external", justification: "waived in the specification" }] } : {}),
  };
}
