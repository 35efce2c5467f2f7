import type { ProvenPlace, ProvenTrial, RequirementProof } from "../../src/index.js";
import type { MutationReport } from "../mutation/index.js";
import { boundedText, byKeys } from "../verdict/index.js";
import type { HashedPlace, Provable, Trial } from "./provable.js";
import { type PlaceProof, provePlace } from "./prove-place.js";
import { placesStanding } from "./standing.js";

/**
 * Records what reports show of a requirement's places; of a place that several speak of, the last one counts. Places that no
 * report speaks of keep what was recorded, while their proof stands; what neither is shown nor stands is left out, so that
 * it is missing rather than stale for ever.
 */
export function recordProof(
  provable: Provable,
  earlier: RequirementProof | undefined,
  reports: readonly MutationReport[],
): RequirementProof {
  const standing = placesStanding(provable, earlier);
  const proven = standing.flatMap(({ place, proven: old, state }): PlaceProof[] => {
    const fresh = reports.flatMap((report) => provePlace(place, provable.trials, report) ?? []).at(-1);
    if (fresh !== undefined) return [fresh];
    if (earlier === undefined || old === undefined || state === "stale" || state === "missing") return [];
    return [withTrials(old, earlier, provable.trials)];
  });
  const used = new Set(proven.flatMap(({ killers }) => [...killers.keys()]));
  const trials = [...used].sort(byKeys((one) => [one.kind, one.file, one.name, one.sha256]));
  const indexOf = (trial: Trial) => trials.indexOf(trial);
  return {
    id: provable.requirement.id,
    places: proven.map((one) => withIndices(one, indexOf)).sort(byKeys(placeKeys)),
    trials: trials.map(
      ({ kind, name, file, sha256 }): ProvenTrial => ({ kind, name: boundedText(name, 500), file, sha256 }),
    ),
    measurements: earlier?.measurements ?? [],
  };
}

/** Whether a report shows that every mutant of a place was noticed, for each requirement that it is cited for. */
export function showsKilled(report: MutationReport, place: HashedPlace, provables: readonly Provable[]): boolean {
  const concerned = provables.filter(({ places }) => places.some((one) => isSamePlace(one, place)));
  return concerned.every(({ trials }) => {
    const { killed = 0, survived = 0 } = provePlace(place, trials, report) ?? {};
    return killed > 0 && survived === 0;
  });
}

/** The same lines, cited for whatever. */
export function isSamePlace(a: HashedPlace, b: HashedPlace): boolean {
  return a.file === b.file && a.row === b.row && a.name === b.name;
}

function placeKeys({ kind, file, name, sha256 }: ProvenPlace): readonly string[] {
  return [kind, file, name, sha256];
}

function withTrials(
  { killers, mutants, ...rest }: ProvenPlace,
  earlier: RequirementProof,
  now: readonly Trial[],
): PlaceProof {
  const trialAt = (index: number): Trial | undefined => {
    const was = earlier.trials[index];
    return now.find(
      ({ kind, name, file }) => kind === was?.kind && boundedText(name, 500) === was.name && file === was.file,
    );
  };
  return {
    ...rest,
    killers: new Map(
      killers.flatMap(({ trial, mutants: count }) => {
        const found = trialAt(trial);
        return found === undefined ? [] : [[found, count] as const];
      }),
    ),
    mutants: mutants.map(({ killed_by, ...mutant }) => {
      const killer = killed_by === undefined ? undefined : trialAt(killed_by);
      return killer === undefined ? mutant : { ...mutant, killer };
    }),
  };
}

function withIndices({ killers, mutants, ...rest }: PlaceProof, indexOf: (trial: Trial) => number): ProvenPlace {
  return {
    ...rest,
    killers: [...killers]
      .map(([trial, count]) => ({ trial: indexOf(trial), mutants: count }))
      .sort((a, b) => a.trial - b.trial),
    mutants: mutants.map(({ killer, ...mutant }) =>
      killer === undefined ? mutant : { ...mutant, killed_by: indexOf(killer) },
    ),
  };
}
