import type { PacketFinding } from "./packet-rules.js";
import type { PacketField } from "./parse-packet.js";

/** The field that holds a packet's anchors, and the packet's path. */
export type AnchorField = { readonly field: PacketField | undefined; readonly packet: string };

/** The anchors that a packet names: `§7.6.3.10`, several with commas between them; what follows a dash or a bracket is a title. */
export function anchorsIn(field: PacketField | undefined): string[] {
  const parts = (field?.lines ?? []).flatMap(({ text }) => text.split(/\s*[,;]\s*|\s+and\s+/));
  return parts.map((part) => part.replace(/\s+[—–-]\s.*$|\s*\(.*$/u, "").trim()).flatMap(withoutTitle);
}

/** `§11.8 Gates` names the section 11.8. */
function withoutTitle(part: string): string[] {
  const number = /^§\s?\d+(?:\.\d+)*(?=\s|$)/.exec(part)?.[0];
  return part === "" ? [] : [number ?? part];
}

/** What is wrong with an anchor, where the packet names it. */
export function anchorFault(
  rule: PacketFinding["rule"],
  message: string,
  { field, packet }: AnchorField,
): PacketFinding {
  return { rule, message, file: packet, ...(field === undefined ? {} : { row: field.row }) };
}

/** What is wrong with an anchor that the spec does not have. */
export function noAnchor(anchor: string, spec: string, at: AnchorField): PacketFinding {
  return anchorFault("SPEC-ANCHOR", `${spec} has no ${anchor}`, at);
}
