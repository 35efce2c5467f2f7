import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import Type, { type Static } from "typebox";
import { type MutatedRule, parserOf } from "../../src/index.js";
import { digest, type RegoTrial } from "./rego-trials.js";
import type { JobResult } from "./run-mutants.js";
import type { Plan } from "./stages.js";
import type { KnownRule, TrialGroup } from "./trial-groups.js";

/**
 * Results of earlier runs, by content. What killed a mutant kills it still while the rule, what the rule reads and the
 * killer are the same; what survived, if only those that cite one requirement, survives while it is shown to the same trials.
 */

const KeptResult = Type.Object({
  status: Type.Enum(["killed", "survived", "invalid", "equal"]),
  /** SHA-256 of the trials that noticed. */
  killers: Type.Array(Type.String()),
  asked: Type.Integer(),
  /** SHA-256 of all trials that it was shown to, in order. */
  stages: Type.String(),
  why: Type.Optional(Type.String()),
});
export type KeptResult = Static<typeof KeptResult>;

const Results = Type.Object({ version: Type.Literal(1), results: Type.Record(Type.String(), KeptResult) });
const parseResults = parserOf(Results);

const KeptGroup = Type.Object({
  asks: Type.String(),
  trials: Type.Array(
    Type.Object({
      id: Type.String(),
      kind: Type.Enum(["test", "case"]),
      file: Type.String(),
      row: Type.Integer(),
      end_row: Type.Integer(),
      requirements: Type.Array(Type.String()),
      trial: Type.Object({
        path: Type.String(),
        input: Type.Optional(Type.Unknown()),
        expect: Type.Optional(
          Type.Object({
            allow: Type.Boolean(),
            rules: Type.Union([Type.Array(Type.String()), Type.Null()]),
            treatment: Type.Union([Type.String(), Type.Null()]),
          }),
        ),
      }),
      covered: Type.Record(Type.String(), Type.Array(Type.Unsafe<[number, number]>(Type.Array(Type.Integer())))),
      weight: Type.Integer(),
      sha256: Type.String(),
    }),
  ),
});

const Trials = Type.Object({
  version: Type.Literal(2),
  /** SHA-256 of the policies' files and tests, by their paths. */
  files: Type.Record(Type.String(), Type.String()),
  rules: Type.Array(
    Type.Object({
      file: Type.String(),
      package: Type.String(),
      name: Type.String(),
      row: Type.Integer(),
      text: Type.String(),
    }),
  ),
  /** By the names of the groups. */
  groups: Type.Record(Type.String(), KeptGroup),
});
/** The trials of an earlier run by their groups, and the rules as they were then. */
export type KeptBaseline = {
  readonly files: Readonly<Record<string, string>>;
  readonly rules: readonly KnownRule[];
  readonly groups: Readonly<Record<string, Pick<TrialGroup, "asks"> & { readonly trials: readonly RegoTrial[] }>>;
};
const parseTrials = parserOf(Trials);

/** The memory of earlier runs. */
export type Kept = {
  /** The trials and the lines that they ran, each group as of the digest that it was kept with. */
  baseline(): KeptBaseline | undefined;
  keepBaseline(baseline: KeptBaseline): void;
  result(key: string): KeptResult | undefined;
  keep(key: string, result: KeptResult): void;
  /** Writes the results; those that this run did not ask for as well, up to a bound. */
  save(): void;
};

/** Most results that are kept: several versions of a large policy. */
const mostResults = 50_000;

/**
 * Opens the memory in a folder; what cannot be read counts as forgotten.
 *
 * @param forget - begin with nothing
 */
export function openKept(folder: string, forget: boolean): Kept {
  const resultsFile = join(folder, "rego-results.json");
  const trialsFile = join(folder, "rego-trials.json");
  const read = parseResults(forget ? undefined : readJson(resultsFile));
  const results = new Map(Object.entries(read.ok ? read.value.results : {}));
  return {
    baseline: () => {
      const trials = parseTrials(forget ? undefined : readJson(trialsFile));
      return trials.ok ? trials.value : undefined;
    },
    keepBaseline: ({ files, rules, groups }) => {
      writeJson(trialsFile, { version: 2, files, rules, groups });
    },
    result: (key) => results.get(key),
    keep: (key, result) => {
      // The latest come last, and the first go first.
      results.delete(key);
      results.set(key, result);
    },
    save: () => {
      // Another run may have saved meanwhile.
      const now = parseResults(readJson(resultsFile));
      const all = { ...(now.ok ? now.value.results : {}), ...Object.fromEntries(results) };
      const last = Object.fromEntries(Object.entries(all).slice(-mostResults));
      writeJson(resultsFile, { version: 1, results: last });
    },
  };
}

function readJson(path: string): unknown {
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    return value;
  } catch {
    return undefined;
  }
}

function writeJson(path: string, value: unknown): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    const draft = `${path}.${process.pid}`;
    writeFileSync(draft, JSON.stringify(value));
    renameSync(draft, path);
  } catch {
    // A memory is a convenience: without it every run is the first.
  }
}

/** The key of a mutant: what it changes, and how. */
export function keyOfMutant(parts: readonly unknown[]): string {
  return digest(JSON.stringify(parts)).slice(0, 32);
}

/** A kept result with the trials of this run, where it still holds. */
export function stillHolds(
  kept: KeptResult | undefined,
  plan: Plan,
  trials: readonly RegoTrial[],
  places: ReadonlyMap<string, number>,
): JobResult | undefined {
  if (kept === undefined) return undefined;
  const { status, killers, asked, why } = kept;
  const killed_by = killers.flatMap((sha256) => places.get(sha256) ?? []);
  const because = why === undefined ? {} : { why };
  if (status === "killed" && killed_by.length < killers.length) return undefined;
  // Of each requirement that the rule cites somebody is to notice. Where nobody did, whoever came since might.
  const isNoticed = plan.stages.every((stage) => stage.some((place) => killed_by.includes(place)));
  if ((status === "killed" || status === "survived") && !isNoticed) {
    const stages = digest(JSON.stringify(plan.stages.map((stage) => stage.map((place) => trials[place]?.sha256))));
    if (stages !== kept.stages) return undefined;
  }
  return { status, killed_by, asked, ...because };
}

/** For each rule a digest of itself, the rules of its name, and all rules and data that these read, however far. */
export function relationsOf(rules: readonly MutatedRule[], data: string): (rule: MutatedRule) => string {
  const documents = new Map<string, MutatedRule[]>();
  const pathOf = (rule: MutatedRule) => `data.${rule.package}.${rule.name}`;
  for (const rule of rules) documents.set(pathOf(rule), [...(documents.get(pathOf(rule)) ?? []), rule]);
  const paths = [...documents.keys()];
  const reads = new Map(
    paths.map((path) => {
      const named = documents.get(path)?.flatMap((rule) => rule.reads) ?? [];
      const found = named.flatMap((name) =>
        // A name reads the rule it begins with, and all rules that it is the beginning of.
        documents.has(name)
          ? [name]
          : paths.filter(
              (one) => name.startsWith(`${one}.`) || name.startsWith(`${one}[`) || one.startsWith(`${name}.`),
            ),
      );
      return [path, [...new Set(found)]] as const;
    }),
  );
  const known = new Map<string, string>();
  return (rule) => {
    const start = pathOf(rule);
    const found = known.get(start);
    if (found !== undefined) return `${found} ${rule.text}`;
    const reached = new Set([start]);
    for (const path of reached) for (const next of reads.get(path) ?? []) reached.add(next);
    const texts = [...reached].sort().map((path) => documents.get(path)?.map(({ text }) => text));
    const sum = digest(JSON.stringify([data, texts]));
    known.set(start, sum);
    return `${sum} ${rule.text}`;
  };
}
