import type { MutatedRule, PolicyTree, RuleMutant } from "../../src/index.js";
import { dataMutants } from "./data-mutants.js";
import type { MutantOutcome, MutateOptions } from "./mutate-rego.js";
import { keyOfMutant, relationsOf } from "./mutation-cache.js";
import { digest, type RegoTrial } from "./rego-trials.js";
import type { Job } from "./run-mutants.js";
import { type Plan, stagePlanner } from "./stages.js";

/** What a rule or a value has been planned to be shown to; what is known of it without that. */
export type Planned = Omit<MutantOutcome, "result"> & {
  readonly key: string;
  readonly plan: Plan;
  readonly job: Job;
  readonly refused?: string | undefined;
};

/** Plans all mutants that are wanted, of rules and then of data. */
export function planAll(
  tree: PolicyTree,
  { rules, mutants }: { readonly rules: readonly MutatedRule[]; readonly mutants: readonly RuleMutant[] },
  trials: readonly RegoTrial[],
  { wanted }: Pick<MutateOptions, "wanted">,
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
  const ofData = dataMutants(tree, rules, trials, planner, ({ file, text }) =>
    wanted({ file, requirements: [], text }),
  ).map((one): Planned => {
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
