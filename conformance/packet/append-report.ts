import { randomBytes } from "node:crypto";
import { lstatSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { err, ok, type Problem, type Result } from "../../src/index.js";
import { parseMarkdown, visibleText } from "./markdown-document.js";
import { maxDocumentBytes } from "./packet-text.js";
import type { PacketStatus } from "./pre-flight.js";
import { readInside, statInside } from "./repository-file.js";

/**
 * Counts the reports of a day in a document, so that a second one of the same day has a heading of its own.
 *
 * @param text - the whole document
 */
export function reportsOfDay(text: string, date: string): number {
  return [...text.matchAll(/^## VALIDATION REPORT — (\d{4}-\d\d-\d\d)/gmu)].filter(([, day]) => day === date).length;
}

/**
 * Puts a report behind a document, and leaves what stands there as it is, to the byte. An open fence or comment at the end
 * would swallow the report, so it is closed first. Line ends are the document's.
 *
 * @returns undefined where the report could not be made to show
 */
export function withReport(document: string, report: string): string | undefined {
  const newline = document.includes("\r\n") ? "\r\n" : "\n";
  const heading = (report.split("\n", 1)[0] ?? "").replace(/^#+\s*/, "");
  const base = document === "" || document.endsWith("\n") ? document : `${document}${newline}`;
  const openings = [...document.matchAll(/^ {0,3}(`{3,}|~{3,})/gm)].map(([, fence = ""]) => fence).reverse();
  for (const closer of ["", "-->", ...new Set(openings)]) {
    const between = closer === "" ? "" : `${closer}${newline}`;
    const text = `${base}${between}${base === "" ? "" : newline}${report.replaceAll("\n", newline)}`;
    const { root } = parseMarkdown(text.replaceAll("\r\n", "\n"), () => false);
    const shown = root.children.filter((node) => node.type === "heading" && visibleText(node) === heading);
    if (shown.length === 1) return text;
  }
  return undefined;
}

/**
 * Gives a packet's text another status, in the one place where STATUS stands; nothing else changes.
 *
 * @param row - the row of the label, from 1
 * @requirement MEX-13
 */
export function withStatus(document: string, row: number, from: string, to: PacketStatus): string {
  const lines = document.split("\n");
  // On the label's own row, or below it where the label is a heading.
  const below = lines.slice(row - 1, row + 4).findIndex((line) => line.includes(from));
  if (from === "" || below === -1) return document;
  return lines.map((line, index) => (index === row - 1 + below ? withLast(line, from, to) : line)).join("\n");
}

/** A line with the last of what stands there in it replaced. */
function withLast(line: string, from: string, to: string): string {
  const at = line.lastIndexOf(from);
  return line.slice(0, at) + to + line.slice(at + from.length);
}

/**
 * Writes a file of the repository whole or not at all: beside it first, then in its place. Nothing on the way may be a
 * symbolic link.
 */
export function writeInside(root: string, path: string, text: string): Result<void, Problem> {
  const parent = dirname(path);
  try {
    for (const [index] of parent.split("/").entries()) {
      const above = parent
        .split("/")
        .slice(0, index + 1)
        .join("/");
      const found = above === "." ? ok("folder") : statInside(root, above);
      if (!found.ok && found.error.kind === "outside") return err(unwritable(path, found.error.message));
      if (!found.ok) mkdirSync(join(root, above));
    }
    if (lstatSync(join(root, path), { throwIfNoEntry: false })?.isSymbolicLink() === true) {
      return err(unwritable(path, "it is a symbolic link"));
    }
    const beside = join(root, parent, `.${randomBytes(6).toString("hex")}.tmp`);
    writeFileSync(beside, text, { flag: "wx" });
    renameSync(beside, join(root, path));
    return ok(undefined);
  } catch (error) {
    return err(unwritable(path, error instanceof Error ? error.message : String(error)));
  }
}

/** The text of a file of the repository, empty where there is none. */
export function textInside(root: string, path: string): string {
  const bytes = readInside(root, path, maxDocumentBytes * 4);
  return bytes.ok ? new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.value) : "";
}

function unwritable(file: string, message: string): Problem {
  return { code: "internal/io", message: `cannot be written: ${message}`, place: { file } };
}
