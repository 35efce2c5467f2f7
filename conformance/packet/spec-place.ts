import type { PacketSettings } from "./packet-settings.js";
import type { SpecPlace } from "./resolve-anchor.js";

/** Where a repository's settings say that its spec is; sections are none where they are left out. */
export function specPlaceOf(root: string, settings: PacketSettings, version?: string): SpecPlace {
  return {
    root,
    specCurrent: settings.spec_current,
    roadmap: settings.roadmap ?? [],
    mainBody: settings.main_body ?? [],
    version,
  };
}
