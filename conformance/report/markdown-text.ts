import { printable } from "../../src/index.js";

/** Text as Markdown shows it literally, on one line: no markup, no table cell, no link comes of it. */
export function markdownText(text: string): string {
  return printable(text)
    .replaceAll("\n", " ")
    .replace(/[\\`*_[\]<>|&~#$@]/g, "\\$&")
    .replace(/:\/\//g, "\\://")
    .replace(/www\./gi, (found) => `${found.slice(0, 3)}\\.`)
    .replace(/^(\s*\d*)([-+=.)])(?=[\s=-]|$)/, "$1\\$2");
}

/** Text as code on one line, fenced by more backticks than it holds. A bar is escaped, for code may stand in a table. */
export function markdownCode(text: string): string {
  const shown = printable(text).replaceAll("\n", " ").replaceAll("|", "\\|");
  const longest = Math.max(0, ...(shown.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  const pad = shown.startsWith("`") || shown.endsWith("`") || shown === "" ? " " : "";
  return `${fence}${pad}${shown}${pad}${fence}`;
}

/** Text of several lines as a code block whose fence it cannot close. */
export function markdownBlock(text: string): string {
  const shown = printable(text);
  const longest = Math.max(2, ...(shown.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}text\n${shown}\n${fence}`;
}
