import type { CitedPlace, Found } from "./cited-place.js";
import { type Language, whyNotCode } from "./code-lines.js";
import { unknownIds } from "./marker.js";

/** A case of a suite, or an attack's module, with the place of its declaration. */
export type DeclaredCheck = {
  readonly id: string;
  readonly requirements: readonly string[];
  readonly file: string;
  readonly row: number;
  /** The row itself where it is not known. */
  readonly end_row?: number;
};

/**
 * Turns cases and attacks into evidence. Their status comes later, from the check of the same id.
 *
 * @param textOf - a file's text, or undefined where there is none
 * @param known - the ids that the specifications have
 */
export function evidenceOfChecks(
  kind: "case" | "attack",
  checks: readonly DeclaredCheck[],
  textOf: (file: string) => string | undefined,
  known: ReadonlySet<string>,
): Found {
  const language: Language = kind === "case" ? "yaml" : "typescript";
  const places = checks
    .filter((check) => check.requirements.length > 0)
    .map((check): CitedPlace => {
      const { id, file, row, end_row = row } = check;
      const requirements = [...new Set(check.requirements)].sort();
      const fault = whyNotCode(textOf(file), { row, end_row }, language);
      const place: CitedPlace = { kind, name: id, file, row, end_row, requirements };
      return fault === undefined ? place : { ...place, unresolved: fault };
    });
  const problems = checks.flatMap(({ requirements, file, row }) => unknownIds(requirements, known, { file, row }));
  return { places, problems };
}
