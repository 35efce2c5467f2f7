import type { Engine, JsonValue } from "../../src/index.js";
import {
  classKey,
  compareDecisions,
  type DifferenceClass,
  type Pair,
  type Probe,
  rulesOf,
} from "./compare-decisions.js";
import { partAt } from "./json-path.js";

/** A class of differences, the best input that shows it, and how many inputs did. */
export type Finding = { readonly found: DifferenceClass; readonly probe: Probe; readonly count: number };

/** Asks both policies, remembers where they differ, and keeps inputs that are worth another look. */
export type Search = {
  /** Asks both; undefined once the budget is spent. */
  ask(probe: Probe): Pair | undefined;
  /** Asks probes until there are no more, or a share of what is left of the budget is spent; another stage may go on. */
  stage(share: number, probes: Iterator<Probe>): void;
  readonly findings: ReadonlyMap<string, Finding>;
  /** Inputs that one of the two allows, one for each program, channel and profile. */
  readonly allowed: readonly Probe[];
  /** Inputs that one of the two allows, one for each way in which they oblige: risk, isolation, treatment. */
  readonly obliging: ReadonlyMap<string, Probe>;
  /** Inputs to which only one rule objects, a few for each rule, by its id. */
  readonly objected: ReadonlyMap<string, readonly Probe[]>;
  /** Inputs whose pair of answers nobody had seen before. */
  readonly novel: readonly Probe[];
  asked(): number;
  /** Whether nothing more will be asked. */
  over(): boolean;
  /** Whether the time was up before the budget was spent. */
  interrupted(): boolean;
};

/** What ends a search: questions to both policies together, and what the clock says. */
export type Budget = { readonly evaluations: number; readonly timeIsUp: () => boolean };

const most = { allowed: 600, objectedByRule: 4, novel: 3000 };

/** Opens a search. The same probes in the same order find the same, unless the time is up. */
export function openSearch(old: Engine, now: Engine, budget: Budget): Search {
  const findings = new Map<string, Finding>();
  const allowed: Probe[] = [];
  const obliging = new Map<string, Probe>();
  const objected = new Map<string, Probe[]>();
  const novel: Probe[] = [];
  const seen = new Set<string>();
  let asked = 0;
  let late = false;
  const isOver = () => {
    if (asked % 128 === 0) late ||= budget.timeIsUp();
    return late || asked >= budget.evaluations;
  };
  const ask = (probe: Probe): Pair | undefined => {
    if (isOver()) return undefined;
    asked++;
    const pair = askBoth(old, now, probe);
    const found = compareDecisions(probe.entrypoint, pair);
    if (found !== undefined) note(findings, found, probe);
    remember(probe, pair);
    return pair;
  };
  const remember = (probe: Probe, pair: Pair) => {
    const [before, after] = [[...rulesOf(pair.old)].sort(), [...rulesOf(pair.new)].sort()];
    if (pair.old.allow || pair.new.allow) keep(allowed, most.allowed, `allowed ${kindOf(probe)}`, probe);
    keep(novel, most.novel, `novel ${probe.entrypoint} ${before.join()} ${after.join()}`, probe);
    for (const { allow, obligations } of [pair.old, pair.new]) {
      const { run, isolation, filter } = obligations;
      const how = [run?.risk, isolation.profile, filter?.treatment, partAt(probe.input, ["channel"])].join(" ");
      if (allow && !obliging.has(how)) obliging.set(how, probe);
    }
    for (const [only, ...more] of [before, after]) {
      if (only === undefined || more.length > 0) continue;
      const known = objected.get(only) ?? [];
      if (known.length < most.objectedByRule && !known.includes(probe)) objected.set(only, [...known, probe]);
    }
  };
  const keep = (list: Probe[], limit: number, key: string, probe: Probe) => {
    if (seen.has(key) || list.length >= limit) return;
    seen.add(key);
    list.push(probe);
  };
  return {
    ask,
    stage: (share, probes) => {
      const until = asked + Math.ceil((budget.evaluations - asked) * share);
      while (asked < until) {
        const next = probes.next();
        if (next.done === true || ask(next.value) === undefined) return;
      }
    },
    findings,
    allowed,
    obliging,
    objected,
    novel,
    asked: () => asked,
    over: () => late || asked >= budget.evaluations,
    interrupted: () => late,
  };
}

/** Asks two engines the same. */
export function askBoth(old: Engine, now: Engine, { entrypoint, input }: Probe): Pair {
  return { old: old.decide(entrypoint, input), new: now.decide(entrypoint, input) };
}

/** The shortest input shows a class best. */
function note(findings: Map<string, Finding>, found: DifferenceClass, probe: Probe): void {
  const key = classKey(found);
  const known = findings.get(key);
  const better = known === undefined || sizeOf(probe) < sizeOf(known.probe);
  findings.set(key, { found, probe: better ? probe : known.probe, count: (known?.count ?? 0) + 1 });
}

function sizeOf({ input }: Probe): number {
  return JSON.stringify(input).length;
}

/** What an input is about, coarsely. */
function kindOf({ entrypoint, input }: Probe): string {
  const about: (JsonValue | undefined)[] = [
    ["channel"],
    ["action", "profile"],
    ["action", "argv", 0],
    ["action", "argv", 1],
    ["finding", "kind"],
    ["finding", "place"],
  ].map((path) => partAt(input, path));
  return JSON.stringify([entrypoint, ...about.map((value) => value ?? null)]);
}
