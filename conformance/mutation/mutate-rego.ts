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
import { findTrials } from "./baseline.js";
import { caseQuestions } from "./case-questions.js";
import type { DataMutant } from "./data-mutants.js";
import type { Kept } from "./mutation-cache.js";
import { citedByPackages } from "./package-citations.js";
import { type Planned, planAll } from "./plan-mutants.js";
import type { RegoTrial } from "./rego-trials.js";
import type { JobResult } from "./run-mutants.js";
import { type Ran, runRemembered, runStale } from "./run-planned.js";

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
  /**
   * Whether few are wanted: then trials are chosen by the lines that they ran before rules were edited. A mutant that is
   * killed so is killed, for its killers are asked whether they still hold; where one is not, all is done exactly.
   */
  readonly selective?: boolean;
  readonly kept: Kept;
  readonly progress: (phase: string) => void;
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
  const annotations = await toolchain.annotations({ files: tree.tests });
  if (!annotations.ok) return err(problemsOf(annotations.error));
  const { rules } = listed.value;
  const cited = { ...listed.value.tests, ...citedByPackages(annotations.value) };
  const found = await findTrials({ tree, rules, questions, cited, toolchain, kept, workers });
  if (!found.ok) return found;

  const outcomesOf = (trials: readonly RegoTrial[], planned: readonly Planned[], ran: Ran): RegoMutation => {
    const outcomes = planned.map(({ what, requirements, covering }, place): MutantOutcome => {
      const result = ran.results[place] ?? { status: "late", killed_by: [], asked: 0 };
      return { what, requirements, covering, result };
    });
    return { outcomes, trials, specs: specs.value, kept: planned.length - ran.ran };
  };
  const { remembered } = found.value;
  if (options.selective === true && remembered !== undefined) {
    const planned = planAll(tree, listed.value, remembered, options);
    const proven = await runRemembered(planned, remembered, tree, toolchain, options);
    if (!proven.ok) return proven;
    if (proven.value !== undefined) return ok(outcomesOf(remembered, planned, proven.value));
  }
  const trials = await found.value.exact(progress);
  if (!trials.ok) return trials;
  const planned = planAll(tree, listed.value, trials.value, options);
  const results = await runStale(planned, trials.value, tree, toolchain, options);
  return results.ok ? ok(outcomesOf(trials.value, planned, results.value)) : results;
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
