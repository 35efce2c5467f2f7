import { citationsIn } from "./citations.js";
import type { Found, SourceFile } from "./cited-place.js";
import { languageOf, slashes } from "./languages.js";
import { markerWord } from "./marker.js";
import { nestingFault } from "./nesting.js";
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
  if (read === "script") {
    const fault = nestingFault(source.text, slashes);
    return fault === undefined ? evidenceInTypeScript(source, known) : unread(source.file, fault);
  }
  return citationsIn(source, read(source.file, source.text), known);
}

function unread(file: string, fault: string): Found {
  const message = `${fault}, so the file's markers cannot be resolved`;
  return { places: [], problems: [{ code: "evidence/unresolved", message, place: { file } }] };
}
