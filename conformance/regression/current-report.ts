import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  err,
  ok,
  type Problem,
  parserOf,
  parseStrictJson,
  problemsOfIssues,
  Report,
  type Result,
  readPolicyTree,
} from "../../src/index.js";
import type { Config } from "../config/index.js";
import { canonicalJson } from "../report/index.js";
import { loadSpecs, specsDigest } from "../spec/index.js";
import { sha256, type TextOf } from "./standing.js";

/** The last report of a repository, or why there is none to go by. */
export type CurrentReport =
  | { readonly state: "fresh"; readonly report: Report }
  | { readonly state: "stale"; readonly report: Report; readonly reasons: readonly string[] }
  | { readonly state: "missing" }
  | { readonly state: "unreadable"; readonly problems: readonly Problem[] };

const parse = parserOf(Report);

/** A report grows with its repository: far more than the documents that people write. */
const bounds = { bytes: 256 * 1024 * 1024, depth: 20, nodes: 20_000_000 };

/**
 * Reads `report.json`, and says whether it still speaks of what is there: the specification, the policies, and every
 * file that its evidence points at must be as they were when it was written.
 *
 * @requirement HAR-06
 */
export async function currentReport(config: Config): Promise<CurrentReport> {
  const name = `${config.reports}/report.json`;
  const text = textOfRepository(config.root)(name);
  if (text === undefined) return { state: "missing" };
  const report = readReport(text, name);
  if (!report.ok) return { state: "unreadable", problems: report.error };
  const reasons = await stalenessOf(config, report.value);
  return reasons.length === 0
    ? { state: "fresh", report: report.value }
    : { state: "stale", report: report.value, reasons };
}

/** Reads a report from its text. */
export function readReport(text: string, file: string): Result<Report, readonly Problem[]> {
  const document = parseStrictJson(text, file, bounds);
  if (!document.ok) return document;
  const report = parse(document.value.value);
  return report.ok ? ok(report.value) : err(problemsOfIssues(document.value, report.error));
}

/**
 * SHA-256 over the files that a report's evidence lies in, the configuration and the recorded proofs, each with its
 * content: it changes when a cited line does. A report carries it among its inputs, as `evidence`.
 */
export function evidenceDigest(
  { specs }: Pick<Config, "specs">,
  { requirements }: Pick<Report, "requirements">,
  textOf: TextOf,
): string {
  const cited = requirements.flatMap(({ evidence }) => evidence.map(({ file }) => file));
  const files = [...new Set(["lockkeeper.yaml", `${specs}/proof.json`, ...cited])].sort();
  return sha256(
    canonicalJson(
      files.map((file) => {
        const text = textOf(file);
        return [file, text === undefined ? null : sha256(text)];
      }),
    ),
  );
}

/** Texts of a repository's files by their paths from its root. */
export function textOfRepository(root: string): TextOf {
  return (file) => {
    try {
      return readFileSync(join(root, file), "utf8");
    } catch {
      return undefined;
    }
  };
}

/** Every way in which a report is not about what is there now, as sentences. */
async function stalenessOf(config: Config, report: Report): Promise<string[]> {
  const { inputs, only } = report;
  const reasons = only.length === 0 ? [] : [`it judges ${only.length} of the requirements alone`];
  const specs = loadSpecs(join(config.root, config.specs), config.specs);
  if (!specs.ok) reasons.push("the specification cannot be read");
  else if (inputs.specs !== specsDigest(specs.value)) reasons.push("the specification has changed since");
  const tree = config.policies === undefined ? undefined : await readPolicyTree(join(config.root, config.policies));
  if (tree === undefined) {
    if (inputs.policies !== undefined) reasons.push("the policies are no longer named in lockkeeper.yaml");
  } else if (!tree.ok) reasons.push("the policies cannot be read");
  else if (inputs.policies !== tree.value.sha256) reasons.push("the policies have changed since");
  if (inputs.evidence !== evidenceDigest(config, report, textOfRepository(config.root))) {
    reasons.push("a file that it cites has changed since");
  }
  return reasons;
}
