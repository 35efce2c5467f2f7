import type { JsonObject } from "../../src/index.js";
import type { SpecSuite } from "../spec/index.js";
import { everyFocus, focusesOf } from "./argv-focus.js";
import { type ArgvFocus, type ArgvParts, argvsOf } from "./argv-samples.js";
import { type Blame, nearestToChange } from "./blame.js";
import { type Clues, cluesOf } from "./clues.js";
import type { Probe } from "./compare-decisions.js";
import type { Changes } from "./find-changes.js";
import { chanceOf, fuzz } from "./fuzz.js";
import { leafMoves, pairMoves } from "./leaf-moves.js";
import type { PolicySide } from "./policy-side.js";
import type { Search } from "./search.js";
import { type Bases, baseProbes, caseProbes } from "./seeds.js";

/** What a hunt starts from. */
export type Hunt = {
  readonly old: PolicySide;
  readonly new: PolicySide;
  readonly changes: Changes;
  /** Tells which inputs come near to what changed. */
  readonly blame: Blame;
  readonly bases: Bases;
  /** Suites of named cases: what people thought of. There may be none. */
  readonly suites: readonly SpecSuite[];
  readonly seed: number;
};

/**
 * Looks for inputs that the two policies answer differently, from what is likely to what is not: what is known already;
 * command lines at the borders of what data describes; single parts of requests at what the change is about; pairs of
 * them; and then whatever comes, kept where the answers are new. Each stage may take a share of what is left.
 */
export async function hunt(
  search: Search,
  { old, new: now, changes, blame, bases, suites, seed }: Hunt,
): Promise<void> {
  const sides = [now, old];
  const datas = sides.map(({ data }) => data);
  const clues = cluesOf(changes, sides, seed);
  const parts: ArgvParts = { datas, texts: clues.texts.filter((text) => text.length <= 9000), seed };
  const lines = argvProbes(everyFocus(datas), { ...parts, texts: parts.texts.slice(0, 4) }, bases, datas);
  search.stage(0.3, baseProbes(bases, sides));
  search.stage(0.4, caseProbes(suites, bases));
  search.stage(0.05, lines);
  search.stage(0.3, argvProbes(focusesOf(clues.paths.slice(0, 300), datas), parts, bases, datas));
  const first = [bases.gateway(["cat", "a.txt"], "readonly"), bases.local(["cat", "a.txt"], "readonly")];
  const suspects = objectedBy(suspectIds(sides, clues), search);
  if (search.over()) return;
  const near = await nearestToChange(blame, [...suspects.slice(0, 12), ...spread(search.allowed, 40)]);
  const obliged = obligedAs(clues, search).slice(0, 4);
  const output = bases.output("field", "stdout");
  const starts = [...new Set([...first, ...near.slice(0, 4), ...obliged, ...suspects.slice(0, 6), output])];
  const wide = turns(starts, (input) => leafMoves(input, clues, "wide"));
  search.stage(0.3, wide);
  if (changes.rules === undefined || clues.areas.has("command")) search.stage(0.35, lines);
  const pairs = [...first, ...near.slice(0, 2)];
  search.stage(
    0.3,
    turns(pairs, (input) => pairMoves(input, clues)),
  );
  search.stage(0.2, wide);
  const others = [...near, ...search.allowed, ...[...search.objected.values()].flat()];
  search.stage(
    0.4,
    turns(others, (input) => leafMoves(input, clues, "narrow")),
  );
  const pool = () => (search.asked() % 2 === 0 ? search.novel : search.allowed);
  search.stage(1, fuzz(pool, clues, datas, chanceOf(seed)));
}

/** Ids of the rules that changed, and of those that the change is used by. */
function suspectIds(sides: readonly PolicySide[], clues: Clues): string[] {
  const rules = sides.flatMap(({ bundle }) => Object.entries(bundle.manifest.metadata.lockkeeper.rules));
  return [...new Set(rules.flatMap(([id, at]) => (clues.rules.has(`${at.package}.${at.rule}`) ? [id] : [])))].sort();
}

/** Inputs to which only a suspect objects: they are one step from getting through. One of each rule first. */
function objectedBy(ids: readonly string[], { objected }: Search): Probe[] {
  const lists = ids.map((id) => objected.get(id) ?? []);
  return [0, 1, 2, 3].flatMap((nth) => lists.flatMap((list) => list.slice(nth, nth + 1)));
}

/** Inputs with each kind of obligation, those first that the change speaks of. */
function obligedAs(clues: Clues, { obliging }: Search): Probe[] {
  const names = new Set(clues.texts);
  const said = ([how]: [string, Probe]) => how.split(" ").filter((name) => names.has(name)).length;
  return [...obliging].sort((a, b) => said(b) - said(a)).map(([, probe]) => probe);
}

/** So many of a list, evenly over all of it. */
function spread<T>(items: readonly T[], count: number): T[] {
  const step = Math.max(1, items.length / count);
  return items.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
}

/** The first move of every probe, then the second of every probe, and so on: many kinds soon. */
function* turns(
  probes: readonly Probe[],
  moves: (input: Probe["input"]) => Iterable<Probe["input"]>,
): Generator<Probe> {
  let open = probes.map((probe) => ({ probe, moves: moves(probe.input)[Symbol.iterator]() }));
  while (open.length > 0) {
    const still: typeof open = [];
    for (const one of open) {
      const next = one.moves.next();
      if (next.done === true) continue;
      yield { entrypoint: one.probe.entrypoint, input: next.value };
      still.push(one);
    }
    open = still;
  }
}

/** Command lines of described programs, each in turn; every one at a terminal, the plain ones over the gateway and in every profile. */
function* argvProbes(
  focuses: readonly ArgvFocus[],
  parts: ArgvParts,
  bases: Bases,
  datas: readonly JsonObject[],
): Generator<Probe> {
  const every = [
    ...new Set(datas.flatMap((data) => everyFocus([data]).flatMap(({ described }) => described.profiles))),
  ];
  let open = focuses.map((focus) => ({ focus, argvs: argvsOf(focus, parts), nth: 0 }));
  while (open.length > 0) {
    const still: typeof open = [];
    for (const one of open) {
      const next = one.argvs.next();
      if (next.done === true) continue;
      const { profiles } = one.focus.described;
      const [profile = "readonly"] = profiles;
      yield bases.local(next.value, profile);
      if (one.nth === 0) {
        for (const other of every) yield* [bases.local(next.value, other), bases.gateway(next.value, other)];
      }
      one.nth += 1;
      still.push(one);
    }
    open = still;
  }
}
