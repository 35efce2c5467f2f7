import { printable, type Report } from "../../src/index.js";
import { type Finding, findingsOf, type Sources } from "./findings.js";
import { countsText, headline, inputsText, mutantsText } from "./report-words.js";

/** Most findings that a terminal is given; the rest is in the report. */
export const maxFindings = 20;

const colours = { PASS: "32", FAIL: "31", error: "31", warning: "33", note: "36", dim: "2" } as const;

/**
 * Writes the run's outcome for a terminal: the verdict, the counts, and what must be looked at with its place.
 * What is quoted cannot drive the terminal.
 *
 * @requirement HAR-05
 */
export function terminalSummary(report: Report, sources: Sources, options: { readonly colour: boolean }): string {
  const paint = (kind: keyof typeof colours, text: string) =>
    options.colour ? `\u001b[${colours[kind]}m${text}\u001b[0m` : text;
  const findings = findingsOf(report, sources).filter((one) => one.level !== "note");
  const { product, profile, seed, totals } = report;
  const mutants = mutantsText(report);
  const lines = [
    `${paint(report.verdict, report.verdict)}  ${printable(headline(report))}`,
    `      checks: ${countsText(totals.checks)}`,
    `      ${inputsText(report)}`,
    ...(mutants === undefined ? [] : [`      ${mutants}`]),
    paint("dim", shown(`      ${product.name} ${product.version}, profile ${profile}, seed ${seed}`)),
    ...(findings.length > 0 ? [""] : []),
    ...findings.slice(0, maxFindings).flatMap((finding) => findingLines(finding, paint)),
  ];
  if (findings.length > maxFindings) lines.push(`… and ${findings.length - maxFindings} more in the report`);
  if (report.exit_code !== 0) lines.push("", `exit ${report.exit_code}: ${exitMeaning(report.exit_code)}`);
  return `${lines.join("\n")}\n`;
}

function findingLines(
  { level, title, message, spot }: Finding,
  paint: (kind: Finding["level"] | "dim", text: string) => string,
): string[] {
  const place = spot === undefined ? [] : [paint("dim", shown(`        at ${spot.file}:${spot.row}`))];
  const [first = "", ...rest] = message.split("\n").map((line) => `        ${shown(line.slice(0, 300))}`);
  return [`${paint(level, level.padEnd(7))} ${shown(title)}`, ...place, first, ...rest.slice(0, 8)];
}

/** A text on one line. A job's log takes `::` and `##[` for commands where a line begins with them, also behind blanks. */
function shown(text: string): string {
  return printable(text.replaceAll("\n", " ")).replace(/^(\s*)(?=::|##\[)/, "$1\\");
}

/** What an exit code says. */
export function exitMeaning(code: number): string {
  const meanings: Readonly<Record<number, string>> = {
    0: "everything demanded was shown",
    1: "misuse or an internal error",
    2: "a requirement or a check failed",
    3: "a mutant of a MUST survived",
    5: "the specification regressed or evidence is stale",
    6: "a waiver is expired, orphaned or not needed",
    7: "the run is empty or something is unverified",
  };
  return meanings[code] ?? "unknown";
}
