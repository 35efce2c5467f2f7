import { readdirSync } from "node:fs";
import { join } from "node:path";
import { currentSpec } from "./current-spec.js";
import { whyNotMarkdown } from "./markdown-document.js";
import type { PacketFinding } from "./packet-rules.js";
import { documentText, maxDocumentBytes } from "./packet-text.js";
import { parsePacket } from "./parse-packet.js";
import { isPlaceholder } from "./placeholder.js";
import { readInside, statInside } from "./repository-file.js";
import { resolveAnchor, type SpecPlace } from "./resolve-anchor.js";

/**
 * Says of every packet of a folder whether its anchor still resolves in the current spec, and whether there is one. This is
 * what a change of the spec can break without touching a packet.
 *
 * @param folder - from the root; where there is none, there are no packets
 * @returns the findings of the rules `SPEC-…` and `CX-573-TEXT`, in the order of the packets' names
 * @requirement MEX-10
 */
export function anchorFindings(place: SpecPlace, folder: string): PacketFinding[] {
  const spec = currentSpec(place.root, place.specCurrent);
  if (!spec.ok) return [spec.error];
  if (!statInside(place.root, folder).ok) return [];
  const names = readdirSync(join(place.root, folder)).filter((name) => /^WP-.*\.md$/.test(name));
  return names.sort().flatMap((name) => findingsOf(place, `${folder}/${name}`));
}

/** @requirement MEX-10 */
function findingsOf(place: SpecPlace, file: string): readonly PacketFinding[] {
  const bytes = readInside(place.root, file, maxDocumentBytes);
  if (!bytes.ok) return [{ rule: "CX-573-TEXT", message: bytes.error.message, file }];
  const { text, findings } = documentText(bytes.value, file);
  const why = whyNotMarkdown(text);
  if (why !== undefined) return [{ rule: "CX-573-TEXT", message: why.message, file, row: why.row }];
  const packet = parsePacket(text, file);
  const anchor = packet.fields.get("SCOPE.SPEC_ANCHOR");
  // A new packet has an anchor still to be written, which is for its own check to say.
  if (anchor?.lines.every(({ text: line }) => isPlaceholder(line)) === true) return findings;
  if (anchor !== undefined) return [...findings, ...resolveAnchor(packet, place).findings];
  return [...findings, { rule: "SPEC-ANCHOR", message: "the packet has no SPEC_ANCHOR", file }];
}
