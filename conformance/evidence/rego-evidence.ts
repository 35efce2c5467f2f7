import type { Problem } from "../../src/index.js";
import type { CitedPlace, Found } from "./cited-place.js";
import { whyNotCode } from "./code-lines.js";
import { unknownIds } from "./marker.js";

/** A METADATA block as the Rego toolchain lists it. `targets` are the rules it speaks of; without them, its own rows are. */
export type RegoAnnotation = {
  readonly file: string;
  readonly row: number;
  readonly end_row: number;
  readonly package: string;
  readonly rule?: string;
  readonly custom?: { readonly requirements?: unknown; readonly id?: unknown };
  readonly targets?: readonly { readonly row: number; readonly end_row: number }[];
};

/**
 * Turns the toolchain's annotations into evidence of kind `rule`, one place for each rule a block speaks of. A block
 * that cites from a package, cites in another form than a list of ids, or cites an unknown id is a problem.
 *
 * @param textOf - a file's text, or undefined where there is none
 * @param known - the ids that the specifications have
 * @requirement HAR-02
 */
export function evidenceInRego(
  annotations: readonly RegoAnnotation[],
  textOf: (file: string) => string | undefined,
  known: ReadonlySet<string>,
): Found {
  const places: CitedPlace[] = [];
  const problems: Problem[] = [];
  for (const one of annotations) {
    const { requirements: cited, id } = one.custom ?? {};
    if (cited === undefined) continue;
    const place = { file: one.file, row: one.row };
    const ids = idsOf(cited);
    if (ids === undefined) {
      problems.push(unresolved("custom.requirements is not a list of requirement ids", place));
      continue;
    }
    if (one.rule === undefined) {
      problems.push(
        unresolved(`the METADATA cites ${ids.join(", ")} on a package: only a rule can be executed`, place),
      );
      continue;
    }
    problems.push(...unknownIds(ids, known, place));
    const name = typeof id === "string" ? id : `${one.package}.${one.rule}`;
    for (const { row, end_row } of one.targets ?? [one]) {
      const fault = whyNotCode(textOf(one.file), { row, end_row }, "rego");
      const found: CitedPlace = { kind: "rule", name, file: one.file, row, end_row, requirements: ids };
      places.push(fault === undefined ? found : { ...found, unresolved: fault });
    }
  }
  return { places, problems };
}

function idsOf(cited: unknown): readonly string[] | undefined {
  if (!Array.isArray(cited) || cited.length === 0) return undefined;
  const ids = cited.filter((one) => typeof one === "string");
  return ids.length === cited.length ? [...new Set(ids)].sort() : undefined;
}

function unresolved(message: string, place: NonNullable<Problem["place"]>): Problem {
  return { code: "evidence/unresolved", message, place };
}
