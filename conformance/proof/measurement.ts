import { readFile } from "node:fs/promises";
import Type, { type Static } from "typebox";
import {
  err,
  ok,
  type Problem,
  type ProvenFigure,
  type ProvenMeasurement,
  parserOf,
  parseStrictJson,
  problemsOfIssues,
  type Requirement,
  type RequirementProof,
  type Result,
} from "../../src/index.js";
import type { CitedPlace } from "../evidence/index.js";
import { boundedText, byKeys } from "../verdict/index.js";
import { contentHash, rowsOf } from "./content-hash.js";
import type { Provable } from "./provable.js";

/** What a benchmark records; keys that are not read here may be there. */
const Figure = Type.Object({
  name: Type.String(),
  value: Type.Union([Type.Number(), Type.Null()]),
  unit: Type.String(),
  bar: Type.Optional(Type.String()),
  met: Type.Optional(Type.Boolean()),
  skipped: Type.Optional(Type.String()),
});
export type Figure = Static<typeof Figure>;

const parse = parserOf(Type.Array(Figure, { $id: "lockkeeper/figures", maxItems: 10_000 }));

/** Reads the figures that benchmarks recorded last; none where they never ran. */
export async function readFigures(
  path: string,
  shownAs: string,
): Promise<Result<readonly Figure[], readonly Problem[]>> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) return ok([]);
  const document = parseStrictJson(text, shownAs);
  if (!document.ok) return document;
  const parsed = parse(document.value.value);
  return parsed.ok ? ok(parsed.value) : err(problemsOfIssues(document.value, parsed.error));
}

/** Code that cites a requirement whose method is measurement speaks for it as a measurement, and for others as code. */
export function asMeasurements(
  places: readonly CitedPlace[],
  requirements: readonly Pick<Requirement, "id" | "method">[],
): readonly CitedPlace[] {
  const measured = new Set(requirements.filter(({ method }) => method === "measurement").map(({ id }) => id));
  return places.flatMap((place): CitedPlace[] => {
    const mine = place.requirements.filter((id) => measured.has(id));
    if (place.kind !== "code" || mine.length === 0) return [place];
    const others = place.requirements.filter((id) => !measured.has(id));
    const measurement: CitedPlace = { ...place, kind: "measurement", requirements: mine };
    return others.length === 0 ? [measurement] : [{ ...place, requirements: others }, measurement];
  });
}

/**
 * Records for each benchmark that cites a requirement the figures it names: those whose name stands in the cited lines.
 * What was skipped is no figure.
 */
export function recordMeasurements(
  { places }: Provable,
  figures: readonly Figure[],
  textOf: (file: string) => string | undefined,
): readonly ProvenMeasurement[] {
  const measured = places.flatMap((place): ProvenMeasurement[] => {
    const lines = rowsOf(textOf(place.file) ?? "")
      .slice(place.row - 1, place.end_row)
      .join("\n");
    const mine = figures.filter(({ name, skipped }) => skipped === undefined && name !== "" && lines.includes(name));
    const { name, file, sha256 } = place;
    return [{ name: boundedText(name, 500), file, sha256, figures: mine.flatMap(figureOf).slice(0, 200) }];
  });
  return measured.sort(byKeys(({ file, name, sha256 }) => [file, name, sha256]));
}

function figureOf({ name, value, unit, bar, met }: Figure): ProvenFigure[] {
  if (value === null) return [];
  return [
    {
      name: boundedText(name, 500),
      value,
      unit: boundedText(unit, 60),
      ...(bar === undefined ? {} : { bar: boundedText(bar, 300) }),
      ...(met === undefined ? {} : { met }),
    },
  ];
}

/**
 * Gives each measurement what is recorded of it: it passes when every figure with a bar meets it and there is one, is
 * stale when the benchmark changed since, and unverified where nothing is recorded.
 */
export function withMeasurements(
  places: readonly CitedPlace[],
  recorded: readonly RequirementProof[],
  textOf: (file: string) => string | undefined,
): readonly CitedPlace[] {
  return places.map((place) => {
    if (place.kind !== "measurement") return place;
    const proofs = recorded.filter(({ id }) => place.requirements.includes(id));
    const named = proofs
      .flatMap(({ measurements }) => measurements)
      .filter(({ file, name }) => file === place.file && name === boundedText(place.name, 500));
    const text = textOf(place.file);
    const sha256 = text === undefined ? "" : contentHash(text, place);
    const [found] = named.filter((one) => one.sha256 === sha256);
    if (found !== undefined) return { ...place, ...outcome(found) };
    if (named.length > 0) return { ...place, status: "stale", detail: "the benchmark changed since it was measured" };
    return { ...place, status: "unverified", detail: "no figure of it is recorded" };
  });
}

function outcome({ figures }: ProvenMeasurement): Pick<CitedPlace, "status" | "detail"> {
  const barred = figures.filter(({ met }) => met !== undefined);
  if (barred.length === 0) return { status: "unverified", detail: "no figure of it has a bar" };
  const told = barred.map(({ name, value, unit, bar = "a bar", met }) => {
    return `${name}: ${value} ${unit}, ${bar}: ${met === true ? "met" : "missed"}`;
  });
  return { status: barred.every(({ met }) => met === true) ? "pass" : "fail", detail: told.join("\n") };
}
