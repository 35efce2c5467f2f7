import {
  err,
  type MutatedRule,
  ok,
  type PolicyTree,
  type Problem,
  type Result,
  type Toolchain,
} from "../../src/index.js";
import type { CaseQuestion } from "./case-questions.js";
import type { Kept, KeptBaseline } from "./mutation-cache.js";
import { type RegoTrial, runBaseline } from "./rego-trials.js";
import { rowsNow } from "./remembered-rows.js";
import { digestsOf, knownRule, packageOf, type TrialGroup, touchedGroups, trialGroups } from "./trial-groups.js";

/** What a baseline is made from. */
export type BaselineParts = {
  readonly tree: PolicyTree;
  readonly rules: readonly MutatedRule[];
  readonly questions: readonly CaseQuestion[];
  /** What Rego tests cite, by their paths. */
  readonly cited: Readonly<Record<string, readonly string[]>>;
  readonly toolchain: Toolchain;
  readonly kept: Kept;
  readonly workers: number;
};

/** What may notice a mutant, and where it can be had from. */
export type Trials = {
  /**
   * The trials with the lines that they ran before rules were edited, where the trials themselves and the data are the same.
   * Nobody has asked yet whether they still hold. Undefined where nothing is remembered or all of it is exact.
   */
  readonly remembered: readonly RegoTrial[] | undefined;
  /** Runs what is not known to be as it was. On failure, which tests and cases do not hold to begin with. */
  exact(progress: (phase: string) => void): Promise<Result<readonly RegoTrial[], readonly Problem[]>>;
};

/** Finds which groups of trials are as they were when they last ran. */
export async function findTrials(parts: BaselineParts): Promise<Result<Trials, readonly Problem[]>> {
  const { tree, questions, cited, toolchain, kept } = parts;
  const groups = trialGroups(tree, questions, cited);
  const known = kept.baseline();
  if (known === undefined) {
    return ok({ remembered: undefined, exact: (progress) => complete(groups, groups, known, parts, progress) });
  }
  const touched = await touchedGroups(groups, known.files, tree, toolchain);
  if (!touched.ok) return touched;
  const stale = groups.filter((group) => touched.value.has(group) || known.groups[group.name]?.asks !== group.asks);
  return ok({
    remembered: stale.length === 0 ? undefined : remember(groups, known, parts.rules),
    exact: (progress) => complete(groups, stale, known, parts, progress),
  });
}

function remember(
  groups: readonly TrialGroup[],
  known: KeptBaseline,
  rules: readonly MutatedRule[],
): readonly RegoTrial[] | undefined {
  const translate = rowsNow(known.rules, rules);
  if (translate === undefined || groups.some(({ name, asks }) => known.groups[name]?.asks !== asks)) return undefined;
  return groups.flatMap(({ name }) =>
    (known.groups[name]?.trials ?? []).map((trial) => ({ ...trial, covered: translate(trial.covered) })),
  );
}

async function complete(
  groups: readonly TrialGroup[],
  stale: readonly TrialGroup[],
  known: KeptBaseline | undefined,
  { tree, rules, questions, cited, toolchain, kept, workers }: BaselineParts,
  progress: (phase: string) => void,
): Promise<Result<readonly RegoTrial[], readonly Problem[]>> {
  const packages = stale.flatMap(({ kind, name }) => (kind === "tests" ? [name] : []));
  const asked = { packages, questions: stale.some(({ kind }) => kind === "cases") ? questions : [] };
  if (stale.length > 0) progress(`running ${asked.questions.length} cases and tests of ${packages.length} packages`);
  const ran = await runBaseline(tree, asked, cited, toolchain, workers);
  if (!ran.ok) return ran;
  if (ran.value.unsound.length > 0) return err(ran.value.unsound);
  const fresh = (group: TrialGroup): RegoTrial[] =>
    ran.value.trials.filter(({ kind, file }) =>
      kind === "case" ? group.kind === "cases" : group.kind === "tests" && packageOf(file) === group.name,
    );
  const isStale = new Set(stale);
  const all = groups.map(
    (group) => [group, isStale.has(group) ? fresh(group) : (known?.groups[group.name]?.trials ?? [])] as const,
  );
  if (stale.length > 0) {
    const made = all.map(([{ name, asks }, trials]) => [name, { asks, trials }] as const);
    kept.keepBaseline({ files: digestsOf(tree), rules: rules.map(knownRule), groups: Object.fromEntries(made) });
  }
  return ok(all.flatMap(([, trials]) => trials));
}
