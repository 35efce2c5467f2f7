import {
  err,
  type MutantResult,
  type MutateRequest,
  ok,
  type PolicyTree,
  type Problem,
  problemsOf,
  type Result,
  type Toolchain,
} from "../../src/index.js";
import type { RegoTrial } from "./rego-trials.js";
import { packageOf } from "./trial-groups.js";

type RuleMutant = MutateRequest["mutants"][number];
type DataMutant = MutateRequest["data_mutants"][number];

/** A mutant to be run. Those of one subject (a rule, a value) run in one call: what noticed one is asked first of the next. */
export type Job = {
  readonly subject: string;
  readonly mutant:
    | { readonly kind: "rule"; readonly rule: RuleMutant }
    | { readonly kind: "data"; readonly data: DataMutant };
};

/** What came of a job; `late` where it alone took longer than its deadline. Killers go by their places among the trials. */
export type JobResult = Omit<MutantResult, "status"> & { readonly status: MutantResult["status"] | "late" };

/** A call's deadline: what starting to compile may take, and what each mutant may add. */
const baseMs = 60_000;
const perMutantMs = 1500;
/** A mutant that was singled out has this long. */
const aloneMs = 30_000;
/** Mutants in one call: many share one compilation, few leave no worker idle at the end. */
const mostInACall = 350;

/**
 * Runs mutants on all workers. A call that misses its deadline is halved until the mutant that takes too long is alone.
 *
 * @returns the results in the order of the jobs
 */
export async function runMutants(
  jobs: readonly Job[],
  trials: readonly RegoTrial[],
  tree: PolicyTree,
  toolchain: Toolchain,
  options: {
    readonly workers: number;
    readonly onResults: (results: readonly (readonly [place: number, result: JobResult])[]) => void;
  },
): Promise<Result<readonly JobResult[], readonly Problem[]>> {
  const results = new Array<JobResult>(jobs.length);
  const queue = callsOf(jobs, options.workers);
  let failed: readonly Problem[] | undefined;
  const work = async (): Promise<void> => {
    for (let some = queue.shift(); some !== undefined && failed === undefined; some = queue.shift()) {
      const chosen = some.flatMap((place) => jobs[place] ?? []);
      const answer = await call(chosen, trials, tree, toolchain);
      if (answer.ok) {
        const placed = some.map((place, n) => [place, answer.value[n] ?? late] as const);
        for (const [place, result] of placed) results[place] = result;
        options.onResults(placed);
      } else if (answer.error.code !== "toolchain/deadline") {
        failed = problemsOf(answer.error);
      } else if (some.length === 1) {
        for (const place of some) results[place] = late;
      } else {
        const half = Math.ceil(some.length / 2);
        queue.unshift(some.slice(0, half), some.slice(half));
      }
    }
  };
  await Promise.all(Array.from({ length: options.workers }, work));
  return failed === undefined ? ok(results) : err(failed);
}

const late: JobResult = { status: "late", killed_by: [], asked: 0 };

/** Deals jobs out, the mutants of a subject together. */
function callsOf(jobs: readonly Job[], workers: number): (readonly number[])[] {
  const subjects = new Map<string, number[]>();
  for (const [place, { subject }] of jobs.entries()) {
    const list = subjects.get(subject);
    if (list === undefined) subjects.set(subject, [place]);
    else list.push(place);
  }
  const size = Math.min(mostInACall, Math.ceil(jobs.length / workers));
  const calls: number[][] = [];
  for (const list of subjects.values()) {
    const last = calls.at(-1);
    if (last === undefined || last.length + list.length > size) calls.push([...list]);
    else last.push(...list);
  }
  // Subjects may be larger than a call.
  return calls.toSorted((a, b) => b.length - a.length);
}

/** What the trials and mutants of a call are of: nothing else need be compiled. Cases ask of `main`. */
function packagesFor(jobs: readonly Job[], asked: readonly number[], trials: readonly RegoTrial[]): readonly string[] {
  const ofTrials = asked.flatMap((place) => {
    const one = trials[place];
    return one === undefined
      ? []
      : [one.kind === "case" ? one.trial.path.replace(/\/[^/]*$/u, "") : packageOf(one.file)];
  });
  const ofMutants = jobs.flatMap(({ mutant }) => (mutant.kind === "rule" ? [packageOf(mutant.rule.file)] : []));
  return [...new Set([...ofTrials, ...ofMutants])].map((name) => name.replaceAll("/", ".")).sort();
}

async function call(jobs: readonly Job[], trials: readonly RegoTrial[], tree: PolicyTree, toolchain: Toolchain) {
  // Only the trials that are asked travel.
  const places = new Map<number, number>();
  const asked: number[] = [];
  const moved = (stages: readonly (readonly number[])[]) =>
    stages.map((stage) =>
      stage.map((place) => {
        const known = places.get(place) ?? asked.push(place) - 1;
        places.set(place, known);
        return known;
      }),
    );
  const mutants = jobs.flatMap(({ mutant }) =>
    mutant.kind === "rule" ? [{ ...mutant.rule, stages: moved(mutant.rule.stages) }] : [],
  );
  const data_mutants = jobs.flatMap(({ mutant }) =>
    mutant.kind === "data" ? [{ ...mutant.data, stages: moved(mutant.data.stages) }] : [],
  );
  const files = [...tree.modules, ...tree.tests];
  const request = {
    files,
    packages: packagesFor(jobs, asked, trials),
    data: tree.data,
    trials: asked.flatMap((place) => trials[place]?.trial ?? []),
    mutants,
    data_mutants,
  };
  const deadlineMs = jobs.length === 1 ? aloneMs : baseMs + perMutantMs * jobs.length;
  const answer = await toolchain.mutate(request, { deadlineMs });
  if (!answer.ok) return answer;
  const { mutants: ofRules, data_mutants: ofData } = answer.value;
  let rule = 0;
  let data = 0;
  return ok(
    jobs.map(({ mutant }): JobResult => {
      const result = mutant.kind === "rule" ? ofRules[rule++] : ofData[data++];
      if (result === undefined) return late;
      return { ...result, killed_by: result.killed_by.map((place) => asked[place] ?? 0) };
    }),
  );
}
