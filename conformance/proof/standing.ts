import type { ProofResult, ProofState, ProvenPlace, RequirementProof } from "../../src/index.js";
import { boundedText, byKeys, type Proof } from "../verdict/index.js";
import type { HashedPlace, Provable } from "./provable.js";

/** A place as it stands, with what is recorded of exactly these lines and of trials that are as they were. */
type Standing = {
  readonly place: HashedPlace;
  readonly proven: ProvenPlace | undefined;
  readonly state: ProofState;
};

/**
 * Holds recorded proofs against the repository as it stands. A place is `killed` while its lines and the trials that
 * noticed its mutants are as they were and no mutant survived; it is `stale` when anything of that changed, and
 * `missing` where nothing is recorded of it. The worst place is the requirement's state.
 *
 * @returns one proof for each requirement whose method is mutation and which is cited by a rule or by code
 * @requirement HAR-03
 */
export function standingProofs(
  provables: readonly Provable[],
  recorded: readonly RequirementProof[],
): readonly Proof[] {
  const byId = new Map(recorded.map((proof) => [proof.id, proof]));
  return provables
    .filter(({ requirement, places }) => requirement.method === "mutation" && places.length > 0)
    .map((provable) => {
      const proof = byId.get(provable.requirement.id);
      return proofOf(provable, proof, placesStanding(provable, proof));
    });
}

/** Tells for each place of a requirement whether its proof stands. */
export function placesStanding(provable: Provable, proof: RequirementProof | undefined): readonly Standing[] {
  return provable.places.map((place) => {
    const named = (proof?.places ?? []).filter((one) => isPlace(one, place));
    const proven = named.find(({ sha256 }) => sha256 === place.sha256);
    if (proof === undefined || proven === undefined) {
      return { place, proven: undefined, state: named.length > 0 ? "stale" : "missing" };
    }
    if (!proven.killers.every(({ trial }) => isAsItWas(proof.trials[trial], provable))) {
      return { place, proven, state: "stale" };
    }
    if (proven.survived > 0) return { place, proven, state: "survived" };
    return { place, proven, state: proven.killed > 0 ? "killed" : "missing" };
  });
}

function isPlace(one: ProvenPlace, place: HashedPlace): boolean {
  return one.kind === place.kind && one.file === place.file && one.name === boundedText(place.name, 500);
}

function isAsItWas(trial: RequirementProof["trials"][number] | undefined, { trials }: Provable): boolean {
  if (trial === undefined) return false;
  const { kind, name, file, sha256 } = trial;
  return trials.some(
    (one) => one.kind === kind && boundedText(one.name, 500) === name && one.file === file && one.sha256 === sha256,
  );
}

/** Worst first. */
const severity: readonly ProofState[] = ["survived", "stale", "missing", "killed"];

function proofOf({ requirement }: Provable, proof: RequirementProof | undefined, standing: readonly Standing[]): Proof {
  const [worst] = standing.map(({ state }) => state).toSorted(byKeys((state) => [severity.indexOf(state)]));
  const sum = (key: "killed" | "survived" | "equivalent") =>
    standing.reduce((total, { proven }) => total + (proven?.[key] ?? 0), 0);
  const state = worst ?? "missing";
  const result: ProofResult = {
    state,
    killed: sum("killed"),
    survived: sum("survived"),
    equivalent: sum("equivalent"),
    places: standing
      .map((one) => placeResult(one, proof))
      .sort(byKeys((one) => [one.kind === "rule" ? 0 : 1, one.file, one.row, one.name])),
  };
  return { requirement: requirement.id, state, result };
}

function placeResult(
  { place, proven, state }: Standing,
  proof: RequirementProof | undefined,
): ProofResult["places"][number] {
  const nameOf = (index: number) => proof?.trials[index]?.name ?? "";
  return {
    kind: place.kind === "rule" ? "rule" : "code",
    name: boundedText(place.name, 500),
    file: place.file,
    row: place.row,
    end_row: place.end_row,
    state,
    killed: proven?.killed ?? 0,
    survived: proven?.survived ?? 0,
    covered: proven?.covered ?? 0,
    equivalent: proven?.equivalent ?? 0,
    killers: (proven?.killers ?? []).map(({ trial, mutants }) => ({ trial: nameOf(trial), mutants })),
    mutants: (proven?.mutants ?? []).map(({ row, killed_by, ...rest }) => ({
      row: place.row + row - 1,
      ...rest,
      ...(killed_by === undefined ? {} : { killed_by: nameOf(killed_by) }),
    })),
  };
}
