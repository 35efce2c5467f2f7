import { printable } from "../../src/index.js";
import { maxAnnotations } from "../report/index.js";
import type { Regression } from "./regressions.js";

/** Writes regressions as workflow commands of GitHub Actions, one a line. */
export function regressionAnnotations(regressions: readonly Regression[]): string {
  const lines = regressions.slice(0, maxAnnotations).map(({ requirement, kind, text }) => {
    const title = `${requirement === "" ? "specification" : requirement}: ${kind.replaceAll("_", " ")}`;
    return `::error title=${escaped(title).replaceAll(":", "%3A").replaceAll(",", "%2C")}::${escaped(text)}\n`;
  });
  const rest = regressions.length - lines.length;
  return lines.join("") + (rest > 0 ? `::notice::${rest} more regressions\n` : "");
}

/** A line feed would end the command, and what follows could be another one. */
function escaped(text: string): string {
  return printable(text).replaceAll("%", "%25").replaceAll("\n", "%0A");
}

/** Writes regressions as a table for a step's summary. */
export function regressionSummary(against: string, regressions: readonly Regression[]): string {
  const heading = `### Spec regression against ${cell(against)}\n\n`;
  if (regressions.length === 0) return `${heading}Nothing is worse.\n\n`;
  const rows = regressions
    .slice(0, maxAnnotations)
    .map(({ requirement, kind, before, after }) => [requirement, kind.replaceAll("_", " "), before, after]);
  const rest = regressions.length - rows.length;
  const table = rows.map((row) => `| ${row.map(cell).join(" | ")} |\n`).join("");
  const more = rest > 0 ? `\n${rest} more.\n` : "";
  return `${heading}| requirement | what | before | after |\n| --- | --- | --- | --- |\n${table}${more}\n`;
}

/** As text and nothing else: every character that Markdown or HTML could read otherwise stands as a character reference. */
function cell(text: string): string {
  return printable(text)
    .replaceAll("\n", " ")
    .replace(/[&<>|\\`*_[\]{}()#~@!$:]/g, (char) => `&#${char.charCodeAt(0)};`);
}
