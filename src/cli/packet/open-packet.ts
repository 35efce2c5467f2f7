import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../../../conformance/config/index.js";
import {
  documentText,
  isPacketId,
  maxDocumentBytes,
  type Packet,
  type PacketSettings,
  parsePacket,
  readInside,
  type SpecPlace,
  specPlaceOf,
  whyNotMarkdown,
} from "../../../conformance/packet/index.js";
import { isRecord } from "../../model/index.js";
import { CommandFailure } from "../terminal.js";

/** A repository that has packets. */
export type PacketRepository = { readonly config: Config; readonly settings: PacketSettings; readonly spec: SpecPlace };

/** Finds the configuration from a folder upwards; one without `packets` ends the command. */
export async function packetRepository(start: string): Promise<PacketRepository> {
  const { readConfig } = await import("../../../conformance/config/index.js");
  const config = await readConfig(start);
  if (!config.ok) throw new CommandFailure(config.error);
  const { packets: settings, root, product } = config.value;
  if (settings === undefined) {
    const hint = "add packets: {folder: …, task_board: …, spec_current: …}; docs/packets.md shows how";
    const place = { file: "lockkeeper.yaml" };
    throw new CommandFailure([{ code: "usage/missing", message: "it does not say where packets are", place, hint }]);
  }
  const spec = specPlaceOf(root, settings, product?.version ?? packageVersion(root));
  return { config: config.value, settings, spec };
}

/** The path of a packet from the root. @throws CommandFailure where the name is none */
export function packetFile(settings: PacketSettings, id: string): string {
  if (isPacketId(id)) return `${settings.folder}/${id}.md`;
  const hint = "WP- and letters, digits, dots and hyphens, such as WP-1-Safety-Gates";
  throw new CommandFailure([{ code: "usage/flag", message: `${id} is no packet's name`, hint }]);
}

/** Reads a packet. What is wrong with its text is among its findings. @throws CommandFailure where there is none */
export function openPacket({ config, settings }: PacketRepository, id: string): Packet {
  const file = packetFile(settings, id);
  const bytes = readInside(config.root, file, maxDocumentBytes);
  if (!bytes.ok) {
    const hint = `make it with lockkeeper packet new ${id}`;
    throw new CommandFailure([{ code: "usage/missing", message: bytes.error.message, hint }]);
  }
  const { text, findings } = documentText(bytes.value, file);
  const why = whyNotMarkdown(text);
  const packet = parsePacket(why === undefined ? text : "", file);
  const unread = why === undefined ? [] : [{ rule: "CX-573-TEXT" as const, message: why.message, file, row: why.row }];
  return { ...packet, findings: [...findings, ...unread, ...packet.findings] };
}

function packageVersion(root: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    return isRecord(parsed) && typeof parsed.version === "string" ? parsed.version : undefined;
  } catch {
    // A repository of another language has none: then all of the spec is in force.
    return undefined;
  }
}
