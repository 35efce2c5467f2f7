import type { Packet } from "./parse-packet.js";
import { isPlaceholder } from "./placeholder.js";
import type { RequiredItem } from "./spec-document.js";

/** Most places of one requirement that a mapping names. */
const maxPlaces = 10;

/** The lines of a mapping: each requirement that has places with them, in the spec's order. */
export function mappingLines(
  required: readonly RequiredItem[],
  placesOf: (id: string) => readonly string[],
): readonly string[] {
  return required.flatMap(({ id }) => {
    const places = [...new Set(placesOf(id))].sort();
    return places.length === 0 ? [] : [`- ${id} -> ${places.slice(0, maxPlaces).join(", ")}`];
  });
}

/**
 * Puts lines in the place of a packet's EVIDENCE_MAPPING; nothing else changes.
 *
 * @param text - the packet as it stands
 * @returns undefined where EVIDENCE_MAPPING is not a heading with a list or lines below it
 */
export function withMapping(text: string, packet: Packet, lines: readonly string[]): string | undefined {
  const field = packet.fields.get("EVIDENCE_MAPPING");
  const all = text.split("\n");
  if (field === undefined || field.code.length > 0 || !/^ {0,3}#{1,6}\s/.test(all[field.row - 1] ?? ""))
    return undefined;
  const rows = field.lines.map(({ row }) => row);
  if (rows.length === 0 && (all[field.row] ?? "").trim() !== "") return undefined;
  const [first, last] = [Math.min(field.row + 2, ...rows), Math.max(field.row + 1, ...rows)];
  const newline = (all[field.row - 1] ?? "").endsWith("\r") ? "\r" : "";
  const block = lines.map((line) => line + newline);
  // Between the first and the last there may stand blank lines and comments, but nothing of another field.
  const between = all.slice(first - 1, last);
  const isOurs = between.every((line, index) => {
    return line.trim() === "" || rows.includes(first + index) || isPlaceholder(line) || line.trim().startsWith("<!--");
  });
  return isOurs ? [...all.slice(0, first - 1), ...block, ...all.slice(last)].join("\n") : undefined;
}
