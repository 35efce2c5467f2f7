import { printable } from "../../src/index.js";
import type { Spot } from "./findings.js";

/** A place as SARIF has it; a row below 1 stands for the whole file. */
export function sarifPlace({ file, row, end_row }: Spot) {
  const artifactLocation = { uri: uriOf(file), uriBaseId: "%SRCROOT%" };
  return row < 1
    ? { artifactLocation }
    : { artifactLocation, region: { startLine: row, endLine: Math.max(row, end_row) } };
}

/** A text that can drive no terminal and reorder no line. */
export function sarifText(text: string): string {
  return printable(text);
}

/** A relative reference: every segment is encoded, so that a file's name can be no scheme, no host and no markup. */
function uriOf(file: string): string {
  return file.toWellFormed().replace(/^\/+/, "").split("/").map(encodeURIComponent).join("/");
}
