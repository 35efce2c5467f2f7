import { createHash } from "node:crypto";
import { canonicalJson } from "../report/canonical-json.js";
import { sarifPlace, sarifText } from "../report/sarif-parts.js";
import type { HygieneFinding } from "./hygiene-finding.js";
import type { HygieneRule } from "./hygiene-rule.js";
import type { HygieneScan } from "./scan-hygiene.js";

/**
 * Writes what a search found as SARIF 2.1.0. What a waiver accepts is there and suppressed; faults of waivers are
 * results of their own. A fingerprint stays while the rule finds the same number of things in a file.
 *
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 * @requirement MEX-12
 */
export function hygieneSarif(scan: HygieneScan, rules: readonly HygieneRule[], version: string): string {
  const indexOf = ({ rule }: HygieneFinding): number => rules.findIndex(({ id }) => id === rule);
  const seen = new Map<string, number>();
  const nth = ({ rule, file }: HygieneFinding): number => {
    const key = `${rule}\n${file}`;
    const found = (seen.get(key) ?? 0) + 1;
    seen.set(key, found);
    return found;
  };
  return canonicalJson({
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "lockkeeper hygiene", version: sarifText(version), rules: rules.map(ruleOf) } },
        columnKind: "utf16CodeUnits",
        results: [
          ...scan.findings.map((finding) => resultOf(finding, indexOf(finding), nth(finding))),
          ...scan.waiverFaults.map(faultOf),
        ],
      },
    ],
  });
}

function ruleOf({ id, title, why, fix, set }: HygieneRule) {
  return {
    id: sarifText(id),
    shortDescription: { text: sarifText(title) },
    fullDescription: { text: sarifText(why) },
    help: { text: sarifText(fix) },
    properties: { set },
  };
}

function resultOf({ rule, file, row, message, why, fix, waived }: HygieneFinding, ruleIndex: number, nth: number) {
  return {
    ruleId: sarifText(rule),
    ruleIndex,
    level: waived === undefined ? "error" : "note",
    message: { text: sarifText(`${message}\n${why}\n${fix}`) },
    locations: [{ physicalLocation: sarifPlace({ file, row, end_row: row }) }],
    partialFingerprints: { "finding/v1": createHash("sha256").update(`${rule}\n${file}\n${nth}`).digest("hex") },
    ...(waived === undefined ? {} : { suppressions: [{ kind: "external", justification: `waived by ${waived}` }] }),
  };
}

function faultOf(text: string) {
  return {
    ruleId: "waiver",
    level: "error",
    message: { text: sarifText(text) },
    locations: [],
    partialFingerprints: { "finding/v1": createHash("sha256").update(`waiver\n${text}`).digest("hex") },
  };
}
