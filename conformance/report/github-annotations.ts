import { printable, type Report } from "../../src/index.js";
import { findingsOf, type Sources } from "./findings.js";
import { plural } from "./report-words.js";

/** Most annotations written: GitHub shows ten of a step, and a log with thousands helps nobody. */
export const maxAnnotations = 50;

/**
 * Writes findings as workflow commands, one a line: `::error file=…,line=…,endLine=…,title=…::message`.
 * Empty where there is nothing to say.
 *
 * @see https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 * @requirement HAR-05
 */
export function githubAnnotations(report: Report, sources: Sources): string {
  const findings = findingsOf(report, sources).filter((one) => one.level !== "note");
  const lines = findings.slice(0, maxAnnotations).map(({ level, title, message, spot }) => {
    const place = spot === undefined ? [] : [`file=${property(spot.file)}`];
    if (spot !== undefined && spot.row > 0)
      place.push(`line=${spot.row}`, `endLine=${Math.max(spot.row, spot.end_row)}`);
    return `::${level} ${[...place, `title=${property(title)}`].join(",")}::${data(message)}`;
  });
  const rest = findings.length - lines.length;
  if (rest > 0) lines.push(`::notice::${plural(rest, "more finding")} in the report`);
  return lines.map((line) => `${line}\n`).join("");
}

/** As the runner reads it back. A line feed would end the command, and what follows could be another one. */
function data(text: string): string {
  return printable(text).replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
