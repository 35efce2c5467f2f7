import { maxListedMutants, type ProvenMutant, type ProvenPlace } from "../../src/index.js";
import { resultsByPath, titleHolds } from "../evidence/index.js";
import type { Mutant, MutationReport } from "../mutation/index.js";
import { boundedText, byKeys } from "../verdict/index.js";
import { contentHash } from "./content-hash.js";
import { mutantDiff } from "./mutant-diff.js";
import type { HashedPlace, Trial } from "./provable.js";

/** A proven place whose killers are trials, not yet indices. */
export type PlaceProof = Omit<ProvenPlace, "mutants" | "killers"> & {
  readonly mutants: readonly (Omit<ProvenMutant, "killed_by"> & { readonly killer?: Trial })[];
  readonly killers: ReadonlyMap<Trial, number>;
};

type Fate =
  | { readonly kind: "killed"; readonly killers: readonly Trial[] }
  | { readonly kind: "survived"; readonly covered: boolean; readonly why: string }
  | { readonly kind: "equivalent" | "not_counted" };

/**
 * Reads from a mutation report what became of the mutants of one place, for one requirement.
 *
 * A mutant counts as killed when a trial noticed it that cites the requirement; that others noticed is not enough.
 * Only the Rego mutator tells equivalent ones, by structure: elsewhere a mutant that somebody chose to ignore survived.
 * Mutants that do not compile or do not start are no mutants.
 *
 * @param trials - those that cite the requirement
 * @returns undefined where the report says nothing of these lines as they stand
 * @requirement HAR-03
 */
export function provePlace(
  place: HashedPlace,
  trials: readonly Trial[],
  report: MutationReport,
): PlaceProof | undefined {
  const file = report.files[place.file];
  if (file === undefined || contentHash(file.source, place) !== place.sha256) return undefined;
  const trialsOf = trialFinder(trials, report);
  const fates = file.mutants
    .filter(({ location }) => place.row <= location.start.line && location.start.line <= place.end_row)
    .map((mutant) => ({ mutant, fate: fateOf(mutant, place, trialsOf) }))
    .filter(({ fate }) => fate.kind !== "not_counted");
  if (fates.length === 0) return undefined;
  const kills = new Map<Trial, number>();
  for (const { fate } of fates) {
    if (fate.kind !== "killed") continue;
    for (const trial of fate.killers) kills.set(trial, (kills.get(trial) ?? 0) + 1);
  }
  const survivors = fates.flatMap(({ fate }) => (fate.kind === "survived" ? [fate] : []));
  const told = fates
    .toSorted(
      byKeys(({ mutant: { location, mutatorName, replacement }, fate }) => [
        fate.kind === "survived" ? 0 : 1,
        location.start.line,
        location.start.column,
        mutatorName,
        `${replacement}`,
      ]),
    )
    .map(({ mutant, fate }) => tell(mutant, fate, place, file.source, kills));
  const count = (kind: Fate["kind"]) => fates.filter(({ fate }) => fate.kind === kind).length;
  const { kind, name, sha256 } = place;
  return {
    kind: kind === "rule" ? "rule" : "code",
    name: boundedText(name, 500),
    file: place.file,
    sha256,
    killed: count("killed"),
    survived: survivors.length,
    covered: survivors.filter(({ covered }) => covered).length,
    equivalent: count("equivalent"),
    killers: countBy(told.flatMap(({ killer }) => killer ?? [])),
    mutants: told.slice(0, maxListedMutants),
  };
}

function fateOf(mutant: Mutant, { kind }: HashedPlace, trialsOf: TrialFinder): Fate {
  const { status, statusReason, killedBy, coveredBy } = mutant;
  const covering = trialsOf(coveredBy ?? []);
  switch (status) {
    case "Killed": {
      const killers = trialsOf(killedBy ?? coveredBy ?? []);
      if (killers.length > 0) return { kind: "killed", killers };
      const why =
        killedBy === undefined && coveredBy === undefined
          ? "the report does not tell which trial noticed it"
          : "only trials that do not cite the requirement noticed it";
      return { kind: "survived", covered: covering.length > 0, why };
    }
    case "Timeout": {
      // Who ran into the endless loop is not told: everyone who ran the line did.
      if (covering.length > 0) return { kind: "killed", killers: covering };
      return { kind: "survived", covered: false, why: "it never ends, and no trial that cites the requirement ran it" };
    }
    case "Survived":
      return { kind: "survived", covered: covering.length > 0, why: "no trial noticed it" };
    case "NoCoverage":
      return { kind: "survived", covered: false, why: "no trial ran it" };
    case "Pending":
      return { kind: "survived", covered: false, why: "it was not tried" };
    case "Ignored": {
      if (kind === "rule") return { kind: "equivalent" };
      return { kind: "survived", covered: false, why: `it was left out: ${statusReason ?? "no reason is given"}` };
    }
    case "CompileError":
    case "RuntimeError":
      return { kind: "not_counted" };
  }
}

/** Tells one mutant: of those who noticed it the one who notices most in this place, so that few trials carry it. */
function tell(
  mutant: Mutant,
  fate: Fate,
  place: HashedPlace,
  source: string,
  kills: ReadonlyMap<Trial, number>,
): PlaceProof["mutants"][number] {
  const base = {
    row: mutant.location.start.line - place.row + 1,
    mutator: boundedText(mutant.mutatorName, 100),
    replacement: boundedText(mutant.replacement ?? mutant.description ?? "", 200),
  };
  if (fate.kind === "survived") {
    return { ...base, why: boundedText(fate.why, 200), diff: boundedText(mutantDiff(source, mutant), 2000) };
  }
  if (fate.kind !== "killed") return base;
  const [killer] = fate.killers.toSorted(byKeys((one) => [-(kills.get(one) ?? 0), one.kind, one.file, one.name]));
  return killer === undefined ? base : { ...base, killer };
}

type TrialFinder = (ids: readonly string[]) => readonly Trial[];

/** Finds trials by the ids that a report gives them: a case by its own, a test by its file and full name or path. */
function trialFinder(trials: readonly Trial[], report: MutationReport): TrialFinder {
  const trialOf = new Map(trials.flatMap((one) => (one.kind === "case" ? [[one.name, one] as const] : [])));
  for (const [file, mine] of Map.groupBy(
    trials.filter(({ kind }) => kind === "test"),
    (one) => one.file,
  )) {
    // A report may list the tests of a whole repository: only the files of these trials are looked at.
    const told = (report.testFiles?.[file]?.tests ?? []).map(({ id, name }) => ({
      id,
      result: { name, file, source: file, status: "pass" as const },
    }));
    const byPath = resultsByPath(
      mine,
      told.map(({ result }) => result),
      () => undefined,
    );
    for (const trial of mine) {
      const found = trial.path === undefined ? undefined : byPath(trial);
      const results = found === "ambiguous" ? [] : found;
      for (const { id, result } of told) {
        const isIts =
          results === undefined ? titleHolds(trial.title, result.name) : results.some((one) => one === result);
        if (isIts && !trialOf.has(id)) trialOf.set(id, trial);
      }
    }
  }
  return (ids) => [...new Set(ids.flatMap((id) => trialOf.get(id) ?? []))];
}

function countBy<T>(items: readonly T[]): ReadonlyMap<T, number> {
  const counts = new Map<T, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}
