import type { Stages } from "../../src/index.js";
import type { RegoTrial } from "./rego-trials.js";

/** Rows of a file, both included. */
export type Rows = { readonly file: string; readonly row: number; readonly end_row: number };

/** How many trials are asked before those of the mutated file, because most mutants are noticed by one of them. */
const quickest = 12;
/** Most trials that a stage asks of those that ran the lines, of tests beside them, and of those that only came near. */
const mostCovering = 60;
const mostBeside = 60;
const mostNear = 40;

/** The trials that a mutant is shown to: by what they are called in the report, and in the order they are asked. */
export type Plan = {
  /** Places of the trials that ran a mutated row, the most specific first. */
  readonly covering: readonly number[];
  readonly stages: Stages;
};

/** Finds which trials ran which rows. Trials go by their places in the list. */
export type StagePlanner = {
  /** The trials that ran one of the rows, the most specific first; of those alike, one before all others. */
  covering(rows: Rows): readonly number[];
  /**
   * Plans a mutant's stages: for each requirement that its rule cites, the trials that cite it, and then all. The tests of
   * the mutated file come early: they were written for it, and see what a case cannot, such as details. Among them are those
   * that ran no mutated row but rows near it: what an index or an earlier branch kept from being tried may be tried in the
   * mutant. Other such trials come last.
   */
  plan(rows: Rows, near: readonly Rows[], requirements: readonly string[]): Plan;
};

/** Indexes trials by the rows that they ran. */
export function stagePlanner(trials: readonly RegoTrial[]): StagePlanner {
  const byRow = new Map<string, number[]>();
  for (const [place, { covered }] of trials.entries()) {
    for (const [file, ranges] of Object.entries(covered)) {
      for (const [from, to] of ranges) {
        for (let row = from; row <= to; row++) {
          const key = `${file}:${row}`;
          const list = byRow.get(key);
          if (list === undefined) byRow.set(key, [place]);
          else list.push(place);
        }
      }
    }
  }
  const ranks = ranksOf(trials);
  const known = new Map<string, readonly number[]>();
  const covering = ({ file, row, end_row }: Rows): readonly number[] => {
    const key = `${file}:${row}-${end_row}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const places = new Set<number>();
    for (let at = row; at <= end_row; at++) for (const place of byRow.get(`${file}:${at}`) ?? []) places.add(place);
    const sorted = [...places].sort((a, b) => (ranks[a] ?? 0) - (ranks[b] ?? 0));
    known.set(key, sorted);
    return sorted;
  };
  const plan: StagePlanner["plan"] = (rows, near, requirements) => {
    const direct = covering(rows);
    const seen = new Set(direct);
    const around = [...new Set(near.flatMap(covering))].filter((place) => !seen.has(place));
    around.sort((a, b) => (ranks[a] ?? 0) - (ranks[b] ?? 0));
    const name = rows.file.replace(/\.rego$/u, "_test.rego");
    const folder = folderOf(rows.file);
    const fileOf = (place: number) => (trials[place]?.kind === "test" ? trials[place].file : "");
    const own = direct.filter((place) => fileOf(place) === name);
    const nearOwn = around.filter((place) => fileOf(place) === name);
    const beside = direct.filter((place) => folder !== "" && folderOf(fileOf(place)) === folder);
    const stageOf = (wanted: (place: number) => boolean) => [
      ...new Set([
        ...direct.filter(wanted).slice(0, quickest),
        ...own.filter(wanted),
        ...nearOwn.filter(wanted),
        ...direct.filter(wanted).slice(0, mostCovering),
        ...beside.filter(wanted).slice(0, mostBeside),
        ...around.filter(wanted).slice(0, mostNear),
      ]),
    ];
    const cited = requirements.map((id) => stageOf((place) => trials[place]?.requirements.includes(id) === true));
    const stages = [...cited, stageOf(() => true)].filter((stage) => stage.length > 0);
    return { covering: direct, stages };
  };
  return { covering, plan };
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}

/** The order of trials: one of each kind first, specific ones before others, tests before cases. */
function ranksOf(trials: readonly RegoTrial[]): readonly number[] {
  const seen = new Set<string>();
  const keyed = trials.map((one, place) => {
    const kind = JSON.stringify([one.covered, one.trial.expect]);
    const again = one.kind === "case" && seen.has(kind);
    seen.add(kind);
    return { place, again, weight: one.weight };
  });
  keyed.sort((a, b) => Number(a.again) - Number(b.again) || a.weight - b.weight || a.place - b.place);
  const ranks = new Array<number>(trials.length).fill(0);
  for (const [rank, { place }] of keyed.entries()) ranks[place] = rank;
  return ranks;
}
