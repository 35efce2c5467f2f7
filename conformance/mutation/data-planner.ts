import { isJsonObject, type JsonValue, type MutatedRule, type PolicyTree } from "../../src/index.js";
import type { RegoTrial } from "./rego-trials.js";
import type { Plan, StagePlanner } from "./stages.js";

/** Most trials that are asked about a value. */
const mostTrials = 40;
/** What a word counts that stands in a test's file, against one in the test itself or in a case. */
const inFile = 0.25;

type Path = readonly (string | number)[];

/**
 * Plans what a change of a value is shown to: of the trials that run a rule which reads it, those that speak of it most. A
 * word of its path, or the number that it is, counts the more the fewer trials have it. Of those alike, tests that stand
 * in the folder of the data come first.
 */
export function dataPlanner(
  tree: PolicyTree,
  rules: readonly MutatedRule[],
  trials: readonly RegoTrial[],
  planner: StagePlanner,
): (path: Path, file: string) => Plan {
  const weigh = wordWeights(tree, trials);
  const readersOf = dataReaders(rules, planner);
  return (path, file) => {
    const folder = file.slice(0, file.lastIndexOf("/") + 1);
    const score = new Map<number, number>();
    for (const word of wordsOf(path, valueAt(tree.data, path))) {
      for (const [place, weight] of weigh(word)) score.set(place, (score.get(place) ?? 0) + weight);
    }
    const rank = (place: number) => (score.get(place) ?? 0) + (trials[place]?.file.startsWith(folder) ? 0.5 : 0);
    const ranked = readersOf(path)
      .toSorted((a, b) => rank(b) - rank(a))
      .slice(0, mostTrials);
    return { covering: ranked, stages: ranked.length === 0 ? [] : [ranked] };
  };
}

/** The words of a path but for its area, and the value where it is one by itself. */
function wordsOf(path: Path, value: JsonValue | undefined): readonly string[] {
  const words = path.slice(1).filter((part) => typeof part === "string");
  const plain = typeof value === "number" || typeof value === "string" ? [String(value)] : [];
  return [...tokensOf([...words, ...plain].join(" "))].filter((word) => word !== "");
}

function valueAt(data: JsonValue, [key, ...rest]: Path): JsonValue | undefined {
  if (key === undefined) return data;
  const next = Array.isArray(data) ? data[Number(key)] : isJsonObject(data) ? data[key] : undefined;
  return next === undefined ? undefined : valueAt(next, rest);
}

/** Tells which trials have a word, and what it counts for each. */
function wordWeights(
  tree: PolicyTree,
  trials: readonly RegoTrial[],
): (word: string) => readonly (readonly [place: number, weight: number])[] {
  const inFiles = new Map(tree.tests.map(({ path, text }) => [path, tokensOf(text)]));
  const lines = new Map(tree.tests.map(({ path, text }) => [path, text.split("\n")]));
  const own = trials.map(({ kind, file, row, end_row, trial }) =>
    tokensOf(
      kind === "case"
        ? JSON.stringify(trial.input)
        : (lines
            .get(file)
            ?.slice(row - 1, end_row)
            .join("\n") ?? ""),
    ),
  );
  const known = new Map<string, readonly (readonly [number, number])[]>();
  return (word) => {
    const found = known.get(word);
    if (found !== undefined) return found;
    const having = trials.flatMap(({ file }, place): [number, number][] => {
      if (own[place]?.has(word) === true) return [[place, 1]];
      return inFiles.get(file)?.has(word) === true ? [[place, inFile]] : [];
    });
    const rare = Math.log((trials.length + 1) / (having.length + 1));
    const weights = having.map(([place, share]) => [place, share * rare] as const);
    known.set(word, weights);
    return weights;
  };
}

/** Words as commands, options and numbers are written, paths part by part: `git`, `--max-count`, `1.5`. */
function tokensOf(text: string): ReadonlySet<string> {
  return new Set(text.split(/[\s"'`,:;|=(){}[\]/]+/u));
}

/** The trials that run a rule which reads a value or what holds it. */
function dataReaders(rules: readonly MutatedRule[], planner: StagePlanner): (path: Path) => readonly number[] {
  const reading = rules.map((rule) => ({ rule, names: rule.reads.map(plainName).filter((name) => name.length > 2) }));
  const known = new Map<string, readonly number[]>();
  return (path) => {
    const key = path.slice(0, 3).join(".");
    const found = known.get(key);
    if (found !== undefined) return found;
    const whole = ["data", ...path.map(String)];
    const readers = reading.filter(({ names }) => names.some((name) => name.every((part, n) => part === whole[n])));
    const places = [...new Set(readers.flatMap(({ rule }) => planner.covering(rule)))];
    known.set(key, places);
    return places;
  };
}

/** The parts of a reference up to the first that is not known: `data.output.kinds[input.kind].alert` reads any kind. */
function plainName(reference: string): readonly string[] {
  const parts: string[] = [];
  for (const [, plain, quoted, other] of reference.matchAll(/\.?([A-Za-z_]\w*)|\["([^"]*)"\]|(.)/gu)) {
    if (other !== undefined) break;
    parts.push(plain ?? quoted ?? "");
  }
  return parts;
}
