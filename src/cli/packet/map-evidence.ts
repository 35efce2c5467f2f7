import { gatherEvidence } from "../../../conformance/conform/gather-evidence.js";
import { openSubject } from "../../../conformance/conform/subject.js";
import {
  mappingLines,
  resolveAnchor,
  textInside,
  withMapping,
  writeInside,
} from "../../../conformance/packet/index.js";
import { CommandFailure } from "../terminal.js";
import { openPacket, type PacketRepository, packetFile } from "./open-packet.js";

/** What was written: how many requirements have evidence, and those that nothing cites. */
export type MappedEvidence = { readonly file: string; readonly mapped: number; readonly left: readonly string[] };

/**
 * Writes a packet's EVIDENCE_MAPPING from the annotations that the repository has: code and rules that cite a requirement
 * and resolve to lines that are there.
 */
export async function mapEvidence(repository: PacketRepository, id: string): Promise<MappedEvidence> {
  const { config, spec, settings } = repository;
  const file = packetFile(settings, id);
  const packet = openPacket(repository, id);
  const { requirements, findings } = resolveAnchor(packet, spec);
  const [finding] = findings;
  if (finding !== undefined) throw failure(finding.message, finding.file, finding.row);
  const subject = await openSubject(config);
  if (!subject.ok) throw new CommandFailure(subject.error);
  await using opened = subject.value;
  const gathered = await gatherEvidence({ config, specs: opened.specs, policies: opened.policies });
  if (!gathered.ok) throw new CommandFailure(gathered.error);
  const places = gathered.value.places.filter(({ kind, unresolved }) => {
    return (kind === "code" || kind === "rule") && unresolved === undefined;
  });
  const lines = mappingLines(requirements, (one) =>
    places.flatMap((place) => (place.requirements.includes(one) ? [`${place.file}:${place.row}`] : [])),
  );
  const text = withMapping(textInside(config.root, file), packet, lines);
  if (text === undefined) throw failure("EVIDENCE_MAPPING is no heading with a list below it", file, undefined);
  const written = writeInside(config.root, file, text);
  if (!written.ok) throw new CommandFailure([written.error]);
  const cited = new Set(places.flatMap((place) => place.requirements));
  const left = requirements.map((one) => one.id).filter((one) => !cited.has(one));
  return { file, mapped: lines.length, left };
}

function failure(message: string, file: string, row: number | undefined): CommandFailure {
  const place = row === undefined ? { file } : { file, row };
  return new CommandFailure([{ code: "evidence/unresolved", message, place }]);
}
