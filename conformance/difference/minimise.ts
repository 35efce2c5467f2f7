import {
  AccessInput,
  commandHash,
  type Engine,
  isJsonObject,
  type JsonValue,
  OutputInput,
  type Parser,
  parserOf,
  RequestInput,
} from "../../src/index.js";
import { compareDecisions, type DifferenceClass, isWithin, type Probe } from "./compare-decisions.js";
import { type JsonPath, partAt, partsOf, sameJson, withPart } from "./json-path.js";
import { askBoth } from "./search.js";

/** One step from a base to an input: what is at a path now; undefined where it is not there any more. */
export type PatchStep = { readonly path: JsonPath; readonly value: JsonValue | undefined };

/** An input made as near to a base as it still shows a difference. */
export type Witness = {
  readonly probe: Probe;
  /** What it still shows: of what it showed at first, this is left. */
  readonly found: DifferenceClass;
  /** The base that it is nearest to, and what is different in it. */
  readonly base: Probe;
  readonly patch: readonly PatchStep[];
  /** Whether it has the shape that every caller of the gate gives: only a caller beside the gate could ask another. */
  readonly withinContract: boolean;
};

const parseRequest = parserOf(RequestInput);

const contracts: Partial<Record<Probe["entrypoint"], Parser<unknown>>> = {
  request: parseRequest,
  output: parserOf(OutputInput),
  access: parserOf(AccessInput),
};

/** Whether an input has the shape of its entrypoint's contract. */
export function isWithinContract({ entrypoint, input }: Probe): boolean {
  return contracts[entrypoint]?.(input).ok === true;
}

/**
 * Makes an input minimal: every part that can be as it is in a base is put back, words of the command are taken away,
 * texts are made short. Of the bases the one is taken from which least is different. Hashes are those of the command
 * where all three agreed before.
 *
 * @param stillShows - what must be left of the difference
 * @param budget - how often both policies may be asked for each base
 */
export function minimise(
  old: Engine,
  now: Engine,
  probe: Probe,
  found: DifferenceClass,
  bases: readonly Probe[],
  stillShows: (shown: DifferenceClass) => boolean,
  budget: number,
): Witness {
  const near = bases.filter(({ entrypoint }) => entrypoint === probe.entrypoint);
  const witnesses = (near.length === 0 ? [probe] : near).map((base): Witness => {
    const current = openAttempt(old, now, probe, found, stillShows, budget);
    putBack(current, base.input);
    while ([...simpler(current.input())].some((candidate) => current.accept(candidate)));
    putBack(current, base.input);
    const input = current.input();
    const smallest = { entrypoint: probe.entrypoint, input };
    const patch = stepsBetween(base.input, input).filter(({ path }) => !isHash(path, input));
    return { probe: smallest, found: current.found(), base, patch, withinContract: isWithinContract(smallest) };
  });
  const [best] = witnesses.sort((a, b) => lengthOf(a.patch) - lengthOf(b.patch));
  return best ?? { probe, found, base: probe, patch: [], withinContract: isWithinContract(probe) };
}

function lengthOf(patch: readonly PatchStep[]): number {
  return patch.reduce((sum, { path, value }) => sum + 10 * path.length + (JSON.stringify(value)?.length ?? 0), 0);
}

/** An input on its way to be minimal. */
type Attempt = {
  input(): JsonValue;
  found(): DifferenceClass;
  /** Takes a candidate over if it still shows the difference, or a part of it. */
  accept(candidate: JsonValue): boolean;
};

function openAttempt(
  old: Engine,
  now: Engine,
  probe: Probe,
  found: DifferenceClass,
  stillShows: (shown: DifferenceClass) => boolean,
  budget: number,
): Attempt {
  let left = budget;
  let best = { input: probe.input, found };
  const keepContract = isWithinContract(probe);
  const accept = (candidate: JsonValue): boolean => {
    if (left <= 0 || sameJson(candidate, best.input)) return false;
    left -= 1;
    const bound = rebound(candidate);
    const next = { entrypoint: probe.entrypoint, input: bound };
    if (sameJson(bound, best.input) || (keepContract && !isWithinContract(next))) return false;
    const shown = compareDecisions(probe.entrypoint, askBoth(old, now, next));
    if (shown === undefined || !isWithin(shown, best.found) || !stillShows(shown)) return false;
    best = { input: bound, found: shown };
    return true;
  };
  accept(rebound(probe.input));
  return { input: () => best.input, found: () => best.found, accept };
}

/** Puts back what can be: all but one part or two of the whole, then part by part, until nothing more can. */
function putBack({ input, accept }: Attempt, base: JsonValue): void {
  const tops = isJsonObject(base)
    ? Object.keys(base).filter((key) => !sameJson(partAt(input(), [key]), partAt(base, [key])))
    : [];
  const start = input();
  const kept = (keys: readonly string[]) =>
    keys.reduce((next, key) => withPart(next, [key], partAt(start, [key])), base);
  const pairs = tops.flatMap((one, index) => tops.slice(index + 1).map((other) => [one, other]));
  [...tops.map((key) => [key]), ...pairs].some((keys) => accept(kept(keys)));
  for (let progress = true; progress; ) {
    progress = false;
    for (const { path } of stepsBetween(base, input())) {
      if (accept(withPart(input(), path, partAt(base, path)))) progress = true;
    }
    // Two parts may only make sense together, such as a token and whose it is.
    const steps = progress ? [] : stepsBetween(base, input()).slice(0, 12);
    const twos = steps.flatMap((one, index) => steps.slice(index + 1).map((other) => [one.path, other.path]));
    const back = (paths: readonly JsonPath[]) =>
      paths.reduce((next, path) => withPart(next, path, partAt(base, path)), input());
    progress ||= twos.some((paths) => accept(back(paths)));
  }
}

/** What is different in an input, part by part; lists are taken whole. */
function stepsBetween(base: JsonValue | undefined, input: JsonValue | undefined, path: JsonPath = []): PatchStep[] {
  if (sameJson(base, input)) return [];
  if (!isJsonObject(base) || !isJsonObject(input)) return [{ path, value: input }];
  const keys = [...new Set([...Object.keys(base), ...Object.keys(input)])];
  return keys.flatMap((key) => stepsBetween(partAt(base, [key]), partAt(input, [key]), [...path, key]));
}

/** Simpler inputs: shorter lists, and shorter texts in the command and its environment. */
function* simpler(input: JsonValue): Generator<JsonValue> {
  for (const { path, value } of partsOf(input)) {
    if (Array.isArray(value)) {
      for (let size = value.length >> 1; size > 4; size >>= 1) {
        yield withPart(input, path, [...value.slice(0, 1), ...value.slice(1 + size)]);
      }
      const start = path.at(-1) === "argv" ? 1 : 0;
      for (let at = value.length - 1; at >= start; at--) yield withPart(input, path, value.toSpliced(at, 1));
    } else if (typeof value === "string" && value.length > 1 && !/^[0-9a-f]{64}$/.test(value)) {
      if (path[0] !== "action" && path[0] !== "finding") continue;
      for (let size = value.length >> 1; size > 0; size >>= 1) {
        yield withPart(input, path, value.slice(0, value.length - size));
        yield withPart(input, path, value.slice(size));
      }
    }
  }
}

const hashPaths: readonly JsonPath[] = [
  ["action", "cmd_hash"],
  ["token", "cmd_hash"],
  ["approval", "cmd_hash"],
];

/** Gives the command its own hash, and token and approval the same where they had the one that it had. */
function rebound(input: JsonValue): JsonValue {
  const was = partAt(input, ["action", "cmd_hash"]);
  const hash = hashOf(input);
  if (hash === undefined || typeof was !== "string" || was === hash) return input;
  return hashPaths.reduce((next, path) => (partAt(next, path) === was ? withPart(next, path, hash) : next), input);
}

function hashOf(input: JsonValue): string | undefined {
  const action = isJsonObject(input) ? parseRequest(input) : undefined;
  if (action?.ok !== true) return undefined;
  try {
    return commandHash(action.value.action);
  } catch {
    // Half a surrogate pair has no hash; what was there stays.
    return undefined;
  }
}

/** Whether a path is a hash that only follows the command. */
function isHash(path: JsonPath, input: JsonValue): boolean {
  const isOne = hashPaths.some((hashPath) => hashPath.join() === path.join());
  return isOne && partAt(input, path) === hashOf(input);
}
