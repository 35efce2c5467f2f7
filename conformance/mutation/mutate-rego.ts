import { join } from "node:path";
import Type from "typebox";
import {
  err,
  type MutatedRule,
  ok,
  type Policy,
  type PolicyTree,
  type Problem,
  parserOf,
  problemsOf,
  type Result,
  type RuleMutant,
  type Toolchain,
} from "../../src/index.js";
import type { Config } from "../config/index.js";
import { loadSpecs, type Specs } from "../spec/index.js";
import { caseQuestions } from "./case-questions.js";
import { type DataMutant, dataMutants } from "./data-mutants.js";
import { type Kept, type KeptResult, keyOfMutant, relationsOf, stillHolds } from "./mutation-cache.js";
import { digest, type RegoTrial, runBaseline } from "./rego-trials.js";
import { type Job, type JobResult, runMutants } from "./run-mutants.js";
import { type Plan, stagePlanner } from "./stages.js";

/** A mutant with what came of it. Trials go by their places in {@link RegoMutation.trials}. */
export type MutantOutcome = {
  /** Of a rule, or of a value of the data. */
  readonly what: { readonly rule: MutatedRule; readonly mutant: RuleMutant } | { readonly data: DataMutant };
  readonly requirements: readonly string[];
  readonly covering: readonly number[];
  readonly result: JobResult;
};

/** All mutants that were asked for, and what they were shown to. */
export type RegoMutation = {
  readonly outcomes: readonly MutantOutcome[];
  readonly trials: readonly RegoTrial[];
  readonly specs: Specs;
  /** How many results were there from earlier runs. */
  readonly kept: number;
};

/** Which mutants, and how. */
export type MutateOptions = {
  readonly workers: number;
  /** Whether a rule or a data file is wanted: by its file, the ids it cites, and its text with METADATA. */
  readonly wanted: (what: {
    readonly file: string;
    readonly requirements: readonly string[];
    readonly text: string;
  }) => boolean;
  readonly kept: Kept;
  readonly progress: (phase: string) => void;
};

/** What a rule or a value has been planned to be shown to; what is known of it without that. */
type Planned = Omit<MutantOutcome, "result"> & {
  readonly key: string;
  readonly plan: Plan;
  readonly job: Job;
  readonly refused?: string | undefined;
};

/**
 * Breaks the policies on purpose, one small change at a time, and asks the Rego tests and the cases who notices.
 *
 * @returns on failure what is wrong with policies or specs, or which tests and cases do not hold to begin with
 */
export async function mutateRego(
  config: Pick<Config, "root" | "specs">,
  tree: PolicyTree,
  toolchain: Toolchain,
  options: MutateOptions,
): Promise<Result<RegoMutation, readonly Problem[]>> {
  const { kept, progress, workers } = options;
  const specs = loadSpecs(join(config.root, config.specs), config.specs);
  if (!specs.ok) return specs;
  progress("listing mutants");
  const files = [...tree.modules, ...tree.tests];
  const listed = await toolchain.mutants({ files });
  if (!listed.ok) return err(problemsOf(listed.error));
  const questions = await caseQuestions(specs.value.suites, limitsIn(tree.data));
  progress(`running ${questions.length} cases and the tests as they are`);
  const asIs = digest(JSON.stringify([files, tree.data, questions, listed.value.tests]));
  const known = kept.baseline(asIs);
  const ran =
    known === undefined ? await runBaseline(tree, questions, listed.value.tests, toolchain, workers) : ok(known);
  if (!ran.ok) return ran;
  if (ran.value.unsound.length > 0) return err(ran.value.unsound);
  if (known === undefined) kept.keepBaseline(asIs, ran.value);
  const { trials } = ran.value;

  const planned = planAll(tree, listed.value, trials, options);
  const results = await runStale(planned, trials, tree, toolchain, options);
  if (!results.ok) return results;
  const outcomes = planned.map(({ what, requirements, covering }, place): MutantOutcome => {
    const result = results.value[place] ?? { status: "late", killed_by: [], asked: 0 };
    return { what, requirements, covering, result };
  });
  return ok({ outcomes, trials, specs: specs.value, kept: planned.length - results.ran });
}

const parseLimits = parserOf(
  Type.Object({
    quota: Type.Object({
      limits: Type.Record(
        Type.String(),
        Type.Object({ scope: Type.String(), resource: Type.String(), window_ms: Type.Integer() }),
      ),
    }),
  }),
);

/** The limits whose use a request states; other policies than ours may have none. */
function limitsIn(data: PolicyTree["data"]): Policy["limits"] {
  const parsed = parseLimits(data);
  return parsed.ok ? parsed.value.quota.limits : {};
}

function planAll(
  tree: PolicyTree,
  { rules, mutants }: { readonly rules: readonly MutatedRule[]; readonly mutants: readonly RuleMutant[] },
  trials: readonly RegoTrial[],
  { wanted }: MutateOptions,
): readonly Planned[] {
  const planner = stagePlanner(trials);
  const relations = relationsOf(rules, digest(JSON.stringify(tree.data)));
  const byPlace = new Map(rules.map((rule) => [`${rule.file}#${rule.rule}`, rule]));
  const chosen = new Set(rules.filter((rule) => wanted(rule)));
  const near = nearRules(rules);
  const ofRules = mutants.flatMap((mutant): Planned[] => {
    const subject = `${mutant.file}#${mutant.rule}`;
    const rule = byPlace.get(subject);
    if (rule === undefined || !chosen.has(rule)) return [];
    const plan = planner.plan(mutant, near(rule), rule.requirements);
    const job: Job = { subject, mutant: { kind: "rule", rule: { ...mutant, stages: plan.stages } } };
    const from = mutant.row - rule.row;
    const key = keyOfMutant([
      relations(rule),
      mutant.operator,
      from,
      mutant.col,
      mutant.end_row - rule.row,
      mutant.end_col,
      mutant.text,
    ]);
    return [{ what: { rule, mutant }, requirements: rule.requirements, covering: plan.covering, plan, job, key }];
  });
  const ofData = dataMutants(tree, rules, trials, planner)
    .filter(({ file, text }) => wanted({ file, requirements: [], text }))
    .map((one): Planned => {
      const { path, value, plan } = one;
      const data = { path: [...path], ...(value === undefined ? {} : { value }), stages: plan.stages };
      const job: Job = { subject: JSON.stringify(path.slice(0, 4)), mutant: { kind: "data", data } };
      const key = keyOfMutant(["data", tree.sha256, path, value ?? null]);
      return { what: { data: one }, requirements: [], covering: plan.covering, plan, job, key, refused: one.refused };
    });
  return [...ofRules, ...ofData];
}

/** For each rule those of its name, and those that read their document: an index may keep them all from being tried. */
function nearRules(rules: readonly MutatedRule[]): (rule: MutatedRule) => readonly MutatedRule[] {
  const known = new Map<string, readonly MutatedRule[]>();
  return (rule) => {
    const path = `data.${rule.package}.${rule.name}`;
    const found =
      known.get(path) ?? rules.filter((one) => `data.${one.package}.${one.name}` === path || one.reads.includes(path));
    known.set(path, found);
    return found;
  };
}

/** Runs what is not known from earlier runs, and keeps it. */
async function runStale(
  planned: readonly Planned[],
  trials: readonly RegoTrial[],
  tree: PolicyTree,
  toolchain: Toolchain,
  { kept, workers, progress }: MutateOptions,
): Promise<
  | (Result<readonly JobResult[], readonly Problem[]> & { readonly ok: true; readonly ran: number })
  | { readonly ok: false; readonly error: readonly Problem[] }
> {
  const places = new Map(trials.map(({ sha256 }, place) => [sha256, place]));
  const known = planned.map(({ key, plan, refused }): JobResult | undefined =>
    refused === undefined
      ? stillHolds(kept.result(key), plan, trials, places)
      : { status: "invalid", killed_by: [], asked: 0, why: refused },
  );
  const stale = planned.filter((_, place) => known[place] === undefined);
  let done = 0;
  const told = () => progress(`mutants: ${done} of ${stale.length}`);
  told();
  const onResults = (results: readonly (readonly [number, JobResult])[]) => {
    for (const [place, result] of results) {
      const one = stale[place];
      if (one !== undefined && result.status !== "late") kept.keep(one.key, keptOf(result, one.plan, trials));
    }
    // Saved as it comes: a run that is interrupted is not lost.
    kept.save();
    done += results.length;
    told();
  };
  const jobs = stale.map(({ job }) => job);
  const ran = await runMutants(jobs, trials, tree, toolchain, { workers, onResults });
  if (!ran.ok) return ran;
  let next = 0;
  const value = known.map((one) => one ?? ran.value[next++] ?? { status: "late" as const, killed_by: [], asked: 0 });
  return { ok: true, value, ran: stale.length };
}

function keptOf({ status, killed_by, asked, why }: JobResult, plan: Plan, trials: readonly RegoTrial[]): KeptResult {
  const killers = killed_by.flatMap((place) => trials[place]?.sha256 ?? []);
  const stages = digest(JSON.stringify(plan.stages.map((stage) => stage.map((place) => trials[place]?.sha256))));
  const base = { status: status === "late" ? ("survived" as const) : status, killers, asked, stages };
  return why === undefined ? base : { ...base, why };
}
