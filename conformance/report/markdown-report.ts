import { type CheckResult, type Evidence, ladders, type Report, type RequirementResult } from "../../src/index.js";
import { failing } from "./findings.js";
import { mutantsBlock } from "./markdown-mutants.js";
import { markdownBlock, markdownCode, markdownText } from "./markdown-text.js";
import { countsText, headline, inputsText, mutantsText, plural } from "./report-words.js";

/**
 * Writes the report as Markdown: verdict, reasons, a table of the requirements in force, the evidence of each, and the
 * checks that need a look.
 *
 * @requirement HAR-05
 */
export function markdownReport(report: Report): string {
  const inForce = report.requirements.filter((one) => one.status !== "planned");
  const planned = report.requirements.filter((one) => one.status === "planned");
  return blocks([
    `# ${report.verdict}: ${markdownText(report.product.name)} ${markdownText(report.product.version)}`,
    overview(report),
    ...reasonsBlock(report),
    "## Requirements in force",
    inForce.length === 0 ? "None." : requirementTable(inForce),
    ...checksBlock(report.checks),
    "## Evidence",
    ...(inForce.length === 0 ? ["None."] : inForce.map(evidenceBlock)),
    ...(planned.length === 0 ? [] : ["## Planned", planned.map(plannedLine).join("\n")]),
    "## What went in",
    Object.entries(report.inputs)
      .map(([name, hash]) => `- ${markdownText(name)} ${markdownCode(hash)}`)
      .join("\n") || "Nothing is recorded.",
  ]);
}

/** Largest step summary, in characters: GitHub refuses one of more than a MiB. */
export const maxStepSummaryLength = 200_000;

/**
 * Writes the part of the report that fits a job's summary page: everything but the evidence.
 *
 * @requirement HAR-05
 */
export function stepSummary(report: Report): string {
  const open = report.requirements.filter((one) => one.status !== "planned" && one.status !== "pass");
  const text = blocks([
    `## ${report.verdict === "PASS" ? "✅" : "❌"} ${report.verdict}: ${markdownText(headline(report))}`,
    overview(report),
    ...reasonsBlock(report),
    ...(open.length === 0 ? [] : [requirementTable(open)]),
    ...checksBlock(report.checks),
  ]);
  if (text.length <= maxStepSummaryLength) return text;
  const cut = text.lastIndexOf("\n", maxStepSummaryLength);
  return `${text.slice(0, cut)}\n\nThe rest is in the report.\n`;
}

function blocks(parts: readonly string[]): string {
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function overview(report: Report): string {
  const mutants = mutantsText(report);
  return [
    "| | |",
    "|---|---|",
    `| Requirements | ${headline(report)} |`,
    `| Checks | ${countsText(report.totals.checks)} |`,
    `| Inputs | ${inputsText(report)} |`,
    ...(mutants === undefined ? [] : [`| Mutants | ${mutants} |`]),
    `| Profile | ${markdownText(report.profile)}, seed ${report.seed} |`,
    `| Exit code | ${report.exit_code} |`,
    ...(report.only.length === 0 ? [] : [`| Only | ${markdownText(report.only.join(", "))} |`]),
  ].join("\n");
}

function reasonsBlock({ reasons }: Report): string[] {
  if (reasons.length === 0) return [];
  const shown = reasons.slice(0, 100).map(({ exit_code, text }) => `- **${exit_code}** ${markdownText(text)}`);
  const rest = reasons.length - shown.length;
  return ["## Why it fails", [...shown, ...(rest > 0 ? [`- and ${plural(rest, "more reason")}`] : [])].join("\n")];
}

function requirementTable(requirements: readonly RequirementResult[]): string {
  const rows = requirements.map((one) => {
    const gaps = one.gaps.length === 0 ? "" : `<br>${one.gaps.slice(0, 3).map(markdownText).join("<br>")}`;
    return `| ${markdownText(one.id)} | ${one.level} | ${one.status} | ${ladderText(one)} | ${markdownText(one.text)}${gaps} |`;
  });
  return ["| id | level | status | ladder | requirement |", "|---|---|---|---|---|", ...rows].join("\n");
}

function ladderText({ method, reached, demanded }: RequirementResult): string {
  return ladders[method]
    .map((rung) => {
      const mark = reached.includes(rung) ? "●" : "○";
      return rung === demanded ? `${mark} **${rung.replaceAll("_", " ")}**` : mark;
    })
    .join(" ");
}

function checksBlock(checks: readonly CheckResult[]): string[] {
  const open = checks.filter((check) => failing.has(check.status)).slice(0, 100);
  const blocksOf = open.map(
    (check) =>
      `- **${check.status}** ${check.kind} ${markdownCode(check.id)} at ${markdownCode(`${check.file}:${check.row}`)}: ` +
      `${markdownText(check.title)}${check.detail === undefined ? "" : `\n\n${indented(markdownBlock(check.detail.slice(0, 4000)))}`}`,
  );
  return open.length === 0 ? [] : ["## Checks that need a look", blocksOf.join("\n")];
}

function indented(text: string): string {
  return text.replace(/^/gm, "  ");
}

function evidenceBlock(one: RequirementResult): string {
  const single = one.evidence.filter((each) => each.kind !== "case").map(evidenceLine);
  const cases = Map.groupBy(
    one.evidence.filter((each) => each.kind === "case"),
    (each) => each.file,
  );
  const grouped = [...cases].map(([file, items]) => {
    const rows = items.map((item) => `${item.row}${item.status === "pass" ? "" : ` (${item.status})`}`).join(", ");
    return `- ${plural(items.length, "case")} in ${markdownCode(file)}, rows ${rows}`;
  });
  const lines = [...single, ...grouped];
  return [
    `### ${markdownText(one.id)}`,
    "",
    `${markdownText(one.text)} (${markdownText(one.source)}, revision ${one.rev})`,
    "",
    lines.length === 0 ? "No evidence." : lines.join("\n"),
    ...mutantsBlock(one.proof),
  ].join("\n");
}

function evidenceLine(one: Evidence): string {
  const rows = one.row === one.end_row ? `${one.row}` : `${one.row}-${one.end_row}`;
  const ran =
    one.executed === undefined
      ? ""
      : `, ran ${one.executed.map(({ from, to }) => (from === to ? from : `${from}-${to}`)).join(", ") || "nothing"}`;
  return `- ${one.kind} ${markdownCode(one.name)} at ${markdownCode(`${one.file}:${rows}`)}: ${one.status}${ran}`;
}

function plannedLine({ id, since, text }: RequirementResult): string {
  return `- ${markdownText(id)} (from ${markdownText(since)}): ${markdownText(text)}`;
}
