import { citationsIn } from "./citations.js";
import type { Found, SourceFile } from "./cited-place.js";
import { languageOf } from "./languages.js";
import { markerWord } from "./marker.js";
import { evidenceInTypeScript } from "./typescript-evidence.js";

/**
 * Finds what a file of any known language cites. Files without the marker's word are not parsed.
 *
 * @param known - the ids that the specifications have
 * @requirement HAR-10
 */
export function evidenceInSource(source: SourceFile, known: ReadonlySet<string>): Found {
  const read = source.text.includes(markerWord) ? languageOf(source.file) : undefined;
  if (read === undefined) return { places: [], problems: [] };
  if (read === "script") return evidenceInTypeScript(source, known);
  return citationsIn(source, read(source.file, source.text), known);
}
