import { isJsonObject, type JsonValue, type MutatedRule, type PolicyTree } from "../../src/index.js";
import type { RegoTrial } from "./rego-trials.js";
import type { Plan, StagePlanner } from "./stages.js";

/** One small change of the policies' data: a value that is set, or removed where there is none. */
export type DataMutant = {
  readonly path: readonly (string | number)[];
  readonly value?: JsonValue;
  readonly operator: "entry dropped" | "limit moved" | "boolean flipped" | "type widened";
  readonly file: string;
  readonly row: number;
  readonly col: number;
  /** The path as text, for people and for choosing. */
  readonly text: string;
  readonly plan: Plan;
};

type Change = Pick<DataMutant, "path" | "value" | "operator">;

/** Of one list or map at most so many members are mutated, evenly taken; of all data so many values. */
const mostMembers = 8;
const mostMutants = 150;
/** Most trials that are asked about a value. */
const mostTrials = 40;

/**
 * Makes mutants of data: an entry is dropped, a limit moved, a boolean flipped, a type widened to any text. The data of
 * programs is long and alike, so members of long lists and maps stand for the others.
 */
export function dataMutants(
  tree: PolicyTree,
  rules: readonly MutatedRule[],
  trials: readonly RegoTrial[],
  planner: StagePlanner,
): readonly DataMutant[] {
  const changes = evenly([...changesIn(tree.data, [])], mostMutants);
  const plan = dataPlanner(tree, rules, trials, planner);
  return changes.flatMap((change): DataMutant[] => {
    const place = tree.placeOf(change.path);
    if (place?.row === undefined) return [];
    const { file, row, col = 1 } = place;
    return [{ ...change, file, row, col, text: change.path.join("."), plan: plan(change.path) }];
  });
}

function* changesIn(value: JsonValue, path: readonly (string | number)[]): Generator<Change> {
  const here = { path };
  if (typeof value === "number") {
    yield { ...here, value: value + 1, operator: "limit moved" };
    if (value > 2) yield { ...here, value: value * 2, operator: "limit moved" };
  }
  if (typeof value === "boolean") yield { ...here, value: !value, operator: "boolean flipped" };
  if (path.at(-1) === "type" && typeof value === "string" && value !== "text") {
    yield { ...here, value: { kind: "text" }, operator: "type widened" };
  }
  const members: readonly (readonly [string | number, JsonValue])[] = Array.isArray(value)
    ? value.map((one, n) => [n, one] as const)
    : isJsonObject(value)
      ? Object.entries(value).flatMap(([key, one]) => (one === undefined ? [] : [[key, one] as const]))
      : [];
  for (const [key, one] of evenly(members, path.length < 2 ? members.length : mostMembers)) {
    // A whole area is no entry.
    if (path.length > 0) yield { path: [...path, key], operator: "entry dropped" };
    yield* changesIn(one, [...path, key]);
  }
}

/** At most so many, the first among them. */
function evenly<T>(list: readonly T[], most: number): readonly T[] {
  if (list.length <= most) return list;
  const taken = new Set(Array.from({ length: most }, (_, n) => Math.floor((n * list.length) / most)));
  return list.filter((_, n) => taken.has(n));
}

/** Of the trials that run a rule which reads the value, those whose text has most of the path's words come first. */
function dataPlanner(
  tree: PolicyTree,
  rules: readonly MutatedRule[],
  trials: readonly RegoTrial[],
  planner: StagePlanner,
): (path: DataMutant["path"]) => Plan {
  const texts = trials.map(({ kind, file, trial }) =>
    kind === "case" ? JSON.stringify(trial.input) : (tree.tests.find(({ path }) => path === file)?.text ?? ""),
  );
  const having = new Map<string, ReadonlySet<number>>();
  const trialsWith = (word: string): ReadonlySet<number> => {
    const known = having.get(word);
    if (known !== undefined) return known;
    const found = new Set([...texts.keys()].filter((place) => texts[place]?.includes(word)));
    having.set(word, found);
    return found;
  };
  const readers = new Map<string, readonly number[]>();
  const readersOf = (path: DataMutant["path"]): readonly number[] => {
    const name = `data.${path.join(".")}`;
    const key = path.slice(0, 3).join(".");
    const known = readers.get(key);
    if (known !== undefined) return known;
    const reading = rules.filter(({ reads }) =>
      reads.some((one) => one.split(".").length > 2 && (name === one || name.startsWith(`${one}.`))),
    );
    const found = [...new Set(reading.flatMap(planner.covering))];
    readers.set(key, found);
    return found;
  };
  return (path) => {
    const words = path.filter((part) => typeof part === "string" && part.length > 1).slice(1);
    const score = new Map<number, number>();
    const candidates = readersOf(path);
    for (const word of words) {
      const places = trialsWith(String(word));
      for (const place of candidates) if (places.has(place)) score.set(place, (score.get(place) ?? 0) + 1);
    }
    const ranked = candidates.toSorted((a, b) => (score.get(b) ?? 0) - (score.get(a) ?? 0)).slice(0, mostTrials);
    return { covering: ranked, stages: ranked.length === 0 ? [] : [ranked] };
  };
}
