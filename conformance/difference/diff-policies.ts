import {
  type Decision,
  ok,
  type Place,
  type Problem,
  placeOfRule,
  type Result,
  type Toolchain,
} from "../../src/index.js";
import type { SpecSuite } from "../spec/index.js";
import type { AcceptedDifference } from "./accepted-differences.js";
import { type BlamedChange, blamedChanges, openBlame } from "./blame.js";
import { classHash, type DifferenceClass, type DifferenceKind, type Probe } from "./compare-decisions.js";
import { type Changes, findChanges } from "./find-changes.js";
import { hunt } from "./hunt.js";
import { minimise, type PatchStep, type Witness } from "./minimise.js";
import type { PolicySide } from "./policy-side.js";
import type { RecordedDecision } from "./recorded-decisions.js";
import { askBoth, type Budget, type Finding, openSearch } from "./search.js";
import { basesOf } from "./seeds.js";

/** What is compared, and how hard is looked. */
export type DiffOptions = {
  readonly old: PolicySide;
  readonly new: PolicySide;
  readonly toolchain: Toolchain;
  readonly recorded: readonly RecordedDecision[];
  readonly accepted: readonly AcceptedDifference[];
  readonly suites: readonly SpecSuite[];
  readonly seed: number;
  readonly budget: Budget;
  progress(line: string): void;
};

/** A rule that objects in one version only, and where each version states it. */
export type DifferingRule = {
  readonly rule: string;
  readonly objects: "old" | "new";
  readonly old: Place | undefined;
  readonly new: Place | undefined;
};

/** A class of inputs that the two decide differently, with the smallest that was found. */
export type Difference = DifferenceClass & {
  /** Names this class of this change; see `classHash`. */
  readonly class: string;
  readonly input: Probe["input"];
  readonly base: Probe["input"];
  readonly patch: readonly PatchStep[];
  /** Whether the gate itself could ask it: it has the shape of the contract. */
  readonly within_contract: boolean;
  readonly decisions: { readonly old: Decision; readonly new: Decision };
  readonly rules: readonly DifferingRule[];
  /** Changes that the input runs through; all of them where that is not known. */
  readonly changes: readonly BlamedChange[];
  /** How many of the inputs that were tried show it, and where such were recorded (the first few). */
  readonly inputs: number;
  readonly recorded: readonly Place[];
};

/** What a change decides differently, as far as was looked. */
export type PolicyDifference = {
  readonly changes: Changes;
  readonly differences: readonly Difference[];
  /** Inputs that both policies were asked in the search. */
  readonly asked: number;
  readonly replayed: number;
  readonly interrupted: boolean;
};

/** How often both policies may be asked to make an input small, and how many inputs of a kind are told of. */
const efforts: Readonly<Record<DifferenceKind, { readonly budget: number; readonly witnesses: number }>> = {
  loosened: { budget: 1200, witnesses: 200 },
  tightened: { budget: 500, witnesses: 50 },
  changed: { budget: 250, witnesses: 12 },
};

/** The most recorded decisions that a search starts from, besides all being replayed. */
const maxSeeds = 2000;

/** Compares two policies: what they state, what they decide about recorded inputs, and about inputs nobody recorded. */
export async function diffPolicies(options: DiffOptions): Promise<Result<PolicyDifference, readonly Problem[]>> {
  const { old, new: now, toolchain, recorded, accepted, suites, seed, budget } = options;
  options.progress("reading rules");
  const changes = await findChanges(old, now, toolchain);
  if (!changes.ok) return changes;
  const bases = basesOf([now, old]);
  const replay = openSearch(old.engine, now.engine, { evaluations: Number.POSITIVE_INFINITY, timeIsUp: () => false });
  const told = new Map<string, Place[]>();
  options.progress("replaying recorded decisions");
  for (const probe of recorded) {
    const before = new Map([...replay.findings].map(([key, { count }]) => [key, count]));
    replay.ask(probe);
    for (const [key, { count }] of replay.findings) {
      if (count === before.get(key)) continue;
      const places = told.get(key) ?? [];
      if (places.length < 5) told.set(key, [...places, probe.place]);
    }
  }
  options.progress("searching");
  for (const { witness } of accepted) replay.ask(witness);
  const search = openSearch(old.engine, now.engine, budget);
  const blame = openBlame(old, now, changes.value, toolchain);
  search.stage(0.2, replay.novel.slice(0, maxSeeds).values());
  await hunt(search, { old, new: now, changes: changes.value, blame, bases, suites, seed });
  options.progress("making inputs small");
  const baseProbes = [
    bases.gateway(["ls"], "readonly"),
    bases.local(["ls"], "readonly"),
    bases.output("field", "stdout"),
  ];
  const findings = merged([...replay.findings], [...search.findings]);
  const kinds = ["loosened", "tightened", "changed"] as const;
  const witnesses: Told[] = [];
  for (const kind of kinds) witnesses.push(...witnessesOf(kind, findings, witnesses, [old, now], baseProbes));
  const differences: Difference[] = [];
  for (const { witness, count, keys } of witnesses) {
    const { probe, found, base, patch } = witness;
    differences.push({
      ...found,
      class: classHash(found, changes.value.sha256),
      input: probe.input,
      base: base.input,
      patch,
      within_contract: witness.withinContract,
      decisions: askBoth(old.engine, now.engine, probe),
      rules: differingRules(found, old, now),
      changes: await blamedChanges(blame, probe),
      inputs: count,
      recorded: keys.flatMap((key) => told.get(key) ?? []).slice(0, 5),
    });
  }
  return ok({
    changes: changes.value,
    differences,
    asked: search.asked(),
    replayed: recorded.length,
    interrupted: search.interrupted(),
  });
}

function merged(...lists: readonly (readonly (readonly [string, Finding])[])[]): Map<string, Finding> {
  const all = new Map<string, Finding>();
  for (const [key, finding] of lists.flat()) {
    const known = all.get(key);
    all.set(key, known === undefined ? finding : { ...known, count: known.count + finding.count });
  }
  return all;
}

type Told = { witness: Witness; count: number; keys: string[] };

/**
 * Minimal witnesses of one kind, as few as tell of every rule and obligation that differs: an input in which two rules
 * fell silent adds nothing once each of them was told of, and neither does a change of reasons once that rule was.
 *
 * @param before - what was told of other kinds
 */
function witnessesOf(
  kind: DifferenceKind,
  findings: ReadonlyMap<string, Finding>,
  before: readonly Told[],
  [old, now]: readonly [PolicySide, PolicySide],
  bases: readonly Probe[],
): Told[] {
  const told: Told[] = [];
  const isTold = (item: string) => [...before, ...told].some(({ witness }) => itemsOf(witness.found).includes(item));
  const ordered = [...findings]
    .filter(([, { found }]) => found.kind === kind)
    .sort(([, a], [, b]) => itemsOf(a.found).length - itemsOf(b.found).length || b.count - a.count);
  for (const [key, { found, probe, count }] of ordered) {
    for (;;) {
      const untold = itemsOf(found).filter((item) => !isTold(item));
      if (untold.length === 0 || told.length >= efforts[kind].witnesses) break;
      const shows = (shown: DifferenceClass) => itemsOf(shown).some((item) => untold.includes(item));
      told.push({
        witness: minimise(old.engine, now.engine, probe, found, bases, shows, efforts[kind].budget),
        count: 0,
        keys: [],
      });
    }
    for (const one of told) {
      if (!itemsOf(one.witness.found).every((item) => itemsOf(found).includes(item))) continue;
      one.count += count;
      one.keys.push(key);
    }
  }
  return told;
}

/** What a class tells of, each part marked with how it differs. An allow that became a deny names rules at least. */
function itemsOf({ entrypoint, lost, gained, obligations }: DifferenceClass): string[] {
  const items = [...lost.map((rule) => `-${rule}`), ...gained.map((rule) => `+${rule}`), ...obligations];
  return (items.length === 0 ? ["allow"] : items).map((item) => `${entrypoint} ${item}`);
}

function differingRules({ lost, gained }: DifferenceClass, old: PolicySide, now: PolicySide): DifferingRule[] {
  const at = (rule: string) => ({ old: placeOfRule(old.bundle, rule), new: placeOfRule(now.bundle, rule) });
  return [
    ...lost.map((rule): DifferingRule => ({ rule, objects: "old", ...at(rule) })),
    ...gained.map((rule): DifferingRule => ({ rule, objects: "new", ...at(rule) })),
  ];
}
