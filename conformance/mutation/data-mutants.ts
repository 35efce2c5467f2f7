import { isJsonObject, type JsonValue, type MutatedRule, type PolicyTree } from "../../src/index.js";
import { changedData } from "./changed-data.js";
import { dataPlanner } from "./data-planner.js";
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
  /** Why policies with this change would not be read at all: their data's schema refuses it. */
  readonly refused?: string;
};

type Change = Pick<DataMutant, "path" | "value" | "operator">;

/** Of one list or map at most so many members are mutated, evenly taken; of all data so many values. */
const mostMembers = 8;
const mostMutants = 200;

/**
 * Makes mutants of data: an entry is dropped, a limit moved, a boolean flipped, a type widened to any text. The data of
 * programs is long and alike, so members of long lists and maps stand for the others. What the schema refuses is told with
 * its reason, as what does not compile is of rules: such data never gets to a decision.
 */
export function dataMutants(
  tree: PolicyTree,
  rules: readonly MutatedRule[],
  trials: readonly RegoTrial[],
  planner: StagePlanner,
  wanted: (what: Pick<DataMutant, "file" | "text">) => boolean,
): readonly DataMutant[] {
  const changes = evenly([...changesIn(tree.data, [])], mostMutants);
  let plan: ReturnType<typeof dataPlanner> | undefined;
  return changes.flatMap((change): DataMutant[] => {
    const place = tree.placeOf(change.path);
    if (place?.row === undefined) return [];
    const { file, row, col = 1 } = place;
    const text = change.path.join(".");
    if (!wanted({ file, text })) return [];
    // Only now: it reads every test.
    plan ??= dataPlanner(tree, rules, trials, planner);
    const refused = tree.refusalOf(changedData(tree.data, change), change.path);
    const because = refused === undefined ? {} : { refused };
    return [{ ...change, file, row, col, text, plan: plan(change.path, file), ...because }];
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
