import type { Nodes } from "mdast";
import { parseMarkdown, visibleLines, visibleText } from "./markdown-document.js";
import type { PacketFinding } from "./packet-rules.js";
import { documentText, maxDocumentBytes } from "./packet-text.js";
import { type PacketStatus, packetStatus } from "./pre-flight.js";
import { readInside } from "./repository-file.js";

/** Where a board has a packet, and the status it shows there. */
export type BoardEntry = { readonly row: number; readonly status: PacketStatus | undefined };

/**
 * Compares the task board with the packet's status.
 *
 * @param board - the board's path from the root
 * @requirement MEX-20
 */
export function boardFindings(
  root: string,
  board: string,
  id: string,
  status: PacketStatus | undefined,
): PacketFinding[] {
  const bytes = readInside(root, board, maxDocumentBytes);
  if (!bytes.ok) return [{ rule: "BOARD-ABSENT", message: bytes.error.message, file: board }];
  const entries = boardEntries(documentText(bytes.value, board).text, id);
  const [first, ...more] = entries;
  if (first === undefined) return [{ rule: "BOARD-ABSENT", message: `${id} is not on the task board`, file: board }];
  const findings: PacketFinding[] = more.map(({ row }) => {
    return { rule: "BOARD-MISMATCH", message: `${id} stands at row ${first.row} already`, file: board, row };
  });
  for (const entry of entries.filter((one) => one.status !== status)) {
    const message = `${id} is ${entry.status ?? "of no known status"} on the task board and ${status ?? "of none"} in the packet`;
    findings.push({
      rule: "BOARD-MISMATCH",
      message,
      file: board,
      row: entry.row,
      hint: "the board follows the packet",
    });
  }
  return findings;
}

/**
 * Finds a packet on a board: in an item or a line of text, or a row of a table. Its status is written beside it, else that
 * of the heading above.
 */
export function boardEntries(text: string, id: string): BoardEntry[] {
  const { root, rowOf } = parseMarkdown(text, () => false);
  const name = new RegExp(`(?<![\\w.-])${id.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\w-]|\\.\\w)`, "u");
  const entries: BoardEntry[] = [];
  let above: PacketStatus | undefined;
  let depth = 0;
  const found = (said: string, row: number): void => {
    if (name.test(said)) entries.push({ row, status: statusBeside(said.replace(name, " ")) ?? above });
  };
  const visit = (node: Nodes): void => {
    if (node.type === "heading") {
      const status = packetStatus(visibleText(node).replace(/\s*\(\d+\)$|^[^\p{L}]+/gu, ""));
      // A heading below one that shows a status does not end it.
      if (status !== undefined || node.depth <= depth) [above, depth] = [status, node.depth];
      found(visibleText(node), rowOf(node.position?.start.line ?? 1));
    } else if (node.type === "tableRow") {
      const cells = node.children.map(visibleText);
      const row = rowOf(node.position?.start.line ?? 1);
      const status = cells.map(packetStatus).find((one) => one !== undefined);
      if (cells.some((cell) => name.test(cell))) entries.push({ row, status: status ?? above });
    } else if (node.type === "paragraph") for (const line of visibleLines(node, rowOf)) found(line.text, line.row);
    else if ("children" in node) for (const child of node.children) visit(child);
  };
  visit(root);
  return entries;
}

/** A status in brackets, or as the whole of a part between dashes, colons or bars: a word of a title is none. */
function statusBeside(text: string): PacketStatus | undefined {
  const bracketed = [...text.matchAll(/[[(]([^\])]{1,40})[\])]/g)].map(([, inner = ""]) => packetStatus(inner));
  const parts = text.split(/\s[—–-]\s|[:|]/).map((part) => packetStatus(part.trim()));
  return [...bracketed, ...parts].find((status) => status !== undefined);
}

/**
 * Gives a packet another status on a board: where it is written beside the packet, it is replaced; else the packet's lines
 * move below the heading of that status.
 *
 * @returns undefined where the board does not show the packet once with that status afterwards
 */
export function withBoardStatus(text: string, id: string, status: PacketStatus): string | undefined {
  const [entry, ...more] = boardEntries(text.replaceAll("\r\n", "\n"), id);
  if (entry === undefined || more.length > 0) return undefined;
  const lines = text.split("\n");
  const at = entry.row - 1;
  const line = lines[at] ?? "";
  const name = line.indexOf(id);
  const written = statusPattern(entry.status ?? status);
  const beside = line.slice(0, name) + line.slice(name).replace(written, status);
  for (const changed of [lines.with(at, beside), moved(lines, at, status)]) {
    const board = changed?.join("\n");
    if (board === undefined) continue;
    const [now, ...others] = boardEntries(board.replaceAll("\r\n", "\n"), id);
    if (now?.status === status && others.length === 0) return board;
  }
  return undefined;
}

function statusPattern(status: PacketStatus): RegExp {
  return new RegExp(status.replaceAll(" ", "[\\s_-]*"), "i");
}

/** The lines with an item, and what is indented below it, put below the heading of a status. */
function moved(lines: readonly string[], at: number, status: PacketStatus): string[] | undefined {
  let end = at + 1;
  while (/^\s+\S/.test(lines[end] ?? "")) end += 1;
  const item = lines.slice(at, end);
  const rest = lines.toSpliced(at, end - at);
  const heading = rest.findIndex((line) => {
    const title = /^#{1,6}\s+(.*?)[\s#]*$/.exec(line)?.[1];
    return title !== undefined && packetStatus(title.replace(/\s*\(\d+\)$|^[^\p{L}]+/gu, "")) === status;
  });
  if (heading === -1) return undefined;
  const newline = rest[heading]?.endsWith("\r") === true ? "\r" : "";
  const isSpaced = (rest[heading + 1] ?? "").trim() === "";
  const below = /^\s*[-*+]/.test(rest[heading + 2] ?? "") ? [] : [newline];
  return isSpaced
    ? rest.toSpliced(heading + 2, 0, ...item, ...below)
    : rest.toSpliced(heading + 1, 0, newline, ...item, ...(/^\s*[-*+]/.test(rest[heading + 1] ?? "") ? [] : [newline]));
}
