import { err, ok, type Result } from "../../src/index.js";
import type { SpecFile } from "../spec/index.js";
import { anchorFault } from "./anchor-text.js";
import { currentSpec, pathsIn } from "./current-spec.js";
import { markdownAnchor } from "./markdown-anchor.js";
import { whyNotMarkdown } from "./markdown-document.js";
import type { PacketFinding } from "./packet-rules.js";
import { documentText, maxDocumentBytes } from "./packet-text.js";
import type { Packet, PacketField } from "./parse-packet.js";
import { readInside, statInside } from "./repository-file.js";
import type { RequiredItem } from "./spec-document.js";
import { yamlAnchor } from "./yaml-anchor.js";

/** Where the spec is, and which of its sections are a plan and which are what is to be built. */
export type SpecPlace = {
  readonly root: string;
  /** The file that names the current spec, or the spec. */
  readonly specCurrent: string;
  /** Ranges of sections that only point elsewhere: `7.6`. */
  readonly roadmap: readonly string[];
  /** Ranges of sections that define done; empty for all but the roadmap's. */
  readonly mainBody: readonly string[];
  /** The product's version, which tells what is in force of a spec in YAML; undefined where all of it is. */
  readonly version: string | undefined;
};

/** What the anchor of a packet leads to. */
export type ResolvedAnchor = {
  /** The current spec, from the repository's root. */
  readonly spec: string | undefined;
  /** The sections of the main body, or the ids of a spec in YAML. */
  readonly sections: readonly string[];
  readonly requirements: readonly RequiredItem[];
  readonly findings: readonly PacketFinding[];
};

/**
 * Looks the packet's SPEC_ANCHOR up in the current spec, which must be the one that the packet names, and lists everything
 * that the sections of the main body require. An anchor into the roadmap is a pointer: the sections it names count, and
 * what the roadmap itself says does not.
 */
export function resolveAnchor(packet: Packet, place: SpecPlace): ResolvedAnchor {
  const nothing = { sections: [], requirements: [] };
  const named = currentSpec(place.root, place.specCurrent);
  if (!named.ok) return { spec: undefined, ...nothing, findings: [named.error] };
  const spec = named.value;
  const authority = packet.fields.get("AUTHORITY.SPEC_CURRENT");
  const mismatch = authority === undefined ? [] : specMismatch(authority, spec, packet.file);
  const at = { field: packet.fields.get("SCOPE.SPEC_ANCHOR"), packet: packet.file };
  const read = readSpec(place.root, spec);
  if (!read.ok) return { spec, ...nothing, findings: [...mismatch, read.error] };
  const isYaml = /\.ya?ml$/.test(spec);
  const found = isYaml ? yamlAnchor(at, read.value, place.version) : markdownAnchor(at, read.value, place);
  const findings = [...mismatch, ...found.findings];
  if (findings.length === 0 && found.requirements.length === 0) {
    findings.push(anchorFault("SPEC-EMPTY", `${found.sections.join(", ")} of ${spec} require nothing`, at));
  }
  return { spec, ...found, findings };
}

/**
 * What is wrong where a packet names another spec than the repository's.
 *
 * @requirement MEX-14
 */
export function specMismatch({ lines, row }: PacketField, spec: string, file: string): PacketFinding[] {
  const said = lines.map(({ text }) => text).join(" ");
  if (pathsIn(said).includes(spec)) return [];
  const message = `the packet follows “${said.slice(0, 200)}”, the repository's current spec is ${spec}`;
  return [{ rule: "SPEC-CURRENT", message, file, row, hint: `if the packet holds for it, name ${spec}` }];
}

function readSpec(root: string, spec: string): Result<SpecFile, PacketFinding> {
  const fault = (message: string, row?: number) =>
    err<PacketFinding>({ rule: "SPEC-CURRENT", message, file: spec, ...(row === undefined ? {} : { row }) });
  const found = statInside(root, spec);
  if (!found.ok) return fault(found.error.message);
  if (found.value === "folder") return fault("is a folder: name the file of requirements in it");
  const bytes = readInside(root, spec, maxDocumentBytes);
  if (!bytes.ok) return fault(bytes.error.message);
  const { text } = documentText(bytes.value, spec);
  // A spec may have its paragraphs on one line each.
  const why = whyNotMarkdown(text, 20_000);
  return why === undefined ? ok({ file: spec, text }) : fault(why.message, why.row);
}
