import { hash } from "node:crypto";
import type { Requirement } from "../../src/index.js";
import type { CitedPlace } from "../evidence/index.js";
import { canonicalJson } from "../report/index.js";
import { questionOf, type SpecCase, type SpecSuite } from "../spec/index.js";
import { groupByEach } from "../verdict/index.js";
import { contentHash } from "./content-hash.js";

/** A cited place with the hash of its lines. */
export type HashedPlace = CitedPlace & { readonly sha256: string };

/** A test or a case that cites the requirement, with the hash of what it tries. */
export type Trial = {
  readonly kind: "test" | "case";
  readonly name: string;
  readonly file: string;
  readonly sha256: string;
  /** The literal parts of a test's full name, as in {@link CitedPlace}. */
  readonly title: readonly string[];
  /** A test's own names in its file, as in {@link CitedPlace}. */
  readonly path?: readonly string[];
};

/** What can be proven of one requirement as the repository stands. */
export type Provable = {
  readonly requirement: Requirement;
  /** The rules and code that meet it, or the benchmarks that measure it. */
  readonly places: readonly HashedPlace[];
  readonly trials: readonly Trial[];
};

/** What proofs are about: requirements, what cites them, and the texts it stands in. */
export type ProofSubject = {
  readonly requirements: readonly Requirement[];
  readonly places: readonly CitedPlace[];
  readonly suites: readonly SpecSuite[];
  readonly textOf: (file: string) => string | undefined;
};

/** Gathers for each requirement its places and trials with their hashes. What cannot be resolved is left out. */
export function provablesOf({ requirements, places, suites, textOf }: ProofSubject): readonly Provable[] {
  const cases = new Map(suites.flatMap((suite) => suite.cases.map((item) => [item.id, { item, suite }] as const)));
  const hashed = places.flatMap((place): HashedPlace[] => {
    const text = textOf(place.file);
    return text === undefined || place.unresolved !== undefined ? [] : [{ ...place, sha256: contentHash(text, place) }];
  });
  const trials = hashed.flatMap((place): (Trial & { readonly requirements: readonly string[] })[] => {
    const { kind, name, file, requirements: cites, title = [name], path } = place;
    const named = { name, file, title, requirements: cites, ...(path === undefined ? {} : { path }) };
    if (kind === "test") return [{ ...named, kind, sha256: place.sha256 }];
    const found = kind === "case" ? cases.get(name) : undefined;
    return found === undefined
      ? []
      : [{ kind: "case", name, file, sha256: caseHash(found.item, found.suite), title: [name], requirements: cites }];
  });
  const placesOf = groupByEach(hashed, (one) => one.requirements);
  const trialsOf = groupByEach(trials, (one) => one.requirements);
  return requirements.map((requirement) => {
    const kinds = requirement.method === "mutation" ? ["rule", "code"] : ["measurement"];
    return {
      requirement,
      places: (placesOf.get(requirement.id) ?? []).filter(({ kind }) => kinds.includes(kind)),
      trials: trialsOf.get(requirement.id) ?? [],
    };
  });
}

/** What a case asks and expects; its words and its place do not matter. */
function caseHash(item: SpecCase, suite: SpecSuite): string {
  const { expect, xfail, skip, withdrawn } = item;
  return hash("sha256", canonicalJson({ question: questionOf(item, suite), expect, xfail, skip, withdrawn }));
}
