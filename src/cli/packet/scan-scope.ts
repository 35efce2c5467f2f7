import { existsSync } from "node:fs";
import { join } from "node:path";
import { type HygieneScan, hygieneRulesOf, scanHygiene } from "../../../conformance/hygiene/index.js";
import { loadSpecs } from "../../../conformance/spec/index.js";
import { CommandFailure } from "../terminal.js";
import type { PacketRepository } from "./open-packet.js";

/**
 * Searches files and folders of a repository by the product's rules and its own. A repository whose spec is a document has
 * no waivers.
 *
 * @param today - `YYYY-MM-DD` in UTC
 */
export async function scanScope(
  { config }: PacketRepository,
  files: readonly string[],
  today: string,
  full: boolean,
): Promise<HygieneScan> {
  const { root, specs: folder } = config;
  const hasSpecs = existsSync(join(root, folder, "requirements"));
  const specs = hasSpecs ? loadSpecs(join(root, folder), folder) : undefined;
  if (specs?.ok === false) throw new CommandFailure(specs.error);
  const rules = hygieneRulesOf(config);
  if (!rules.ok) throw new CommandFailure(rules.error);
  return scanHygiene({
    root,
    files,
    rules: rules.value,
    waivers: specs?.value.waivers ?? [],
    ...(specs === undefined ? {} : { known: new Set(specs.value.requirements.map(({ id }) => id)) }),
    today,
    full,
    ignore: config.hygiene?.ignore ?? [],
  });
}
