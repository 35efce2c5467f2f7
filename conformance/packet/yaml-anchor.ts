import { isInForce, type SpecFile } from "../spec/index.js";
import { readRequirements } from "../spec/requirement-file.js";
import { type AnchorField, anchorsIn, noAnchor } from "./anchor-text.js";
import type { PacketFinding } from "./packet-rules.js";
import type { ResolvedAnchor } from "./resolve-anchor.js";
import type { RequiredItem } from "./spec-document.js";

/** Looks anchors up in a spec of YAML: what they mean of its requirements, in the spec's order. */
export function yamlAnchor(at: AnchorField, spec: SpecFile, version: string | undefined): Omit<ResolvedAnchor, "spec"> {
  const read = readRequirements(spec);
  if (!read.ok) {
    const findings = read.error.map(({ message, place }): PacketFinding => {
      return {
        rule: "SPEC-CURRENT",
        message,
        file: spec.file,
        ...(place?.row === undefined ? {} : { row: place.row }),
      };
    });
    return { sections: [], requirements: [], findings };
  }
  const items = read.value.map((one): RequiredItem => {
    const { id, text, source, row, since } = one;
    const withheld = version === undefined || isInForce(one, version) ? {} : { withheld: `in force from ${since}` };
    return { id, kind: "rule", text, section: source.section, file: spec.file, row, ...withheld };
  });
  const anchors = anchorsIn(at.field);
  const isThere = (anchor: string) => items.some((item) => isMeant(anchor, item));
  return {
    sections: anchors.filter(isThere),
    requirements: items.filter((item) => anchors.some((anchor) => isMeant(anchor, item))),
    findings: anchors.filter((anchor) => !isThere(anchor)).map((anchor) => noAnchor(anchor, spec.file, at)),
  };
}

/**
 * Whether an anchor means a requirement: by its id, the first part of ids (`MEX`), ids from one to another
 * (`MEX-01..MEX-06`), or the section of its source.
 *
 * @requirement MEX-14
 */
export function isMeant(anchor: string, { id, section }: Pick<RequiredItem, "id" | "section">): boolean {
  const named = anchor.replace(/^§\s?/, "").toLowerCase();
  return id === anchor || id.startsWith(`${anchor}-`) || section.toLowerCase() === named || isInIdRange(anchor, id);
}

/** @requirement MEX-14 */
function isInIdRange(anchor: string, id: string): boolean {
  const range = /^(.*-)(\d+)\s*(?:\.\.+|…)\s*\1(\d+)$/.exec(anchor);
  const own = /(.*-)(\d+)$/.exec(id);
  if (range === null || own === null || range[1] !== own[1]) return false;
  return Number(range[2]) <= Number(own[2]) && Number(own[2]) <= Number(range[3]);
}
