import { printable } from "../../src/index.js";
import type { ReadinessRow } from "./readiness.js";

/** Most findings that are listed for an item: the rest is counted. */
const maxFindings = 20;

/** Writes the checklist as a page: a table, then what each item was computed from. */
export function readinessMarkdown(rows: readonly ReadinessRow[]): string {
  const held = rows.filter(({ status }) => status === "yes").length;
  const table = rows.map(({ title, status, findings }) => {
    const held = findings.filter((one) => one.status === "yes").length;
    return `| ${title} | ${status} | ${held} of ${findings.length} |\n`;
  });
  const items = rows.map(({ title, findings }) => {
    const lines = findings.slice(0, maxFindings).map(({ status, text, file, row }) => {
      const place = row === undefined ? file : `${file}:${row}`;
      return `- ${status}: ${plain(text)} (${plain(place)})\n`;
    });
    const rest = findings.length - lines.length;
    const none = findings.length === 0 ? "Nothing is named that it could be computed from.\n" : "";
    return `## ${title}\n\n${none}${lines.join("")}${rest > 0 ? `- and ${rest} more\n` : ""}`;
  });
  return (
    `# Readiness\n\n${held} of ${rows.length} hold. Computed from evidence; nothing here is ticked by hand.\n\n` +
    `| item | holds | from |\n| --- | --- | --- |\n${table.join("")}\n${items.join("\n")}`
  );
}

/** As text and nothing else: what Markdown or HTML could read otherwise stands as a character reference. */
function plain(text: string): string {
  return printable(text)
    .replaceAll("\n", " ")
    .replace(/[&<>|\\`*_[\]{}#~@!$]/g, (char) => `&#${char.charCodeAt(0)};`);
}
