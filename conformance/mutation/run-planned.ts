import { err, ok, type PolicyTree, type Problem, problemsOf, type Result, type Toolchain } from "../../src/index.js";
import type { MutateOptions } from "./mutate-rego.js";
import { type KeptResult, stillHolds } from "./mutation-cache.js";
import type { Planned } from "./plan-mutants.js";
import { digest, type RegoTrial } from "./rego-trials.js";
import { type JobResult, runMutants } from "./run-mutants.js";
import type { Plan } from "./stages.js";

/** The results in the order of what was planned, and how many of them were not known before. */
export type Ran = { readonly results: readonly JobResult[]; readonly ran: number };

type Outcome<T> = Promise<Result<T, readonly Problem[]>>;
type Options = Pick<MutateOptions, "kept" | "workers" | "progress">;

const unasked: JobResult = { status: "late", killed_by: [], asked: 0 };

/** Runs what is not known from earlier runs, and keeps it. */
export async function runStale(
  planned: readonly Planned[],
  trials: readonly RegoTrial[],
  tree: PolicyTree,
  toolchain: Toolchain,
  { kept, workers, progress }: Options,
): Outcome<Ran> {
  const known = knownResults(planned, trials, kept);
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
  return ran.ok ? ok({ results: filled(known, ran.value), ran: stale.length }) : ran;
}

/** How many trials of each stage are asked whether they hold, while mutants run: most killers are among them. */
const likely = 12;

/**
 * Runs mutants against trials of which it is only remembered which lines they ran. Whoever notices a mutant is asked
 * whether it holds of the policies as they are.
 *
 * @returns undefined where that does not settle all: a mutant was not noticed, or by a trial that does not hold
 */
export async function runRemembered(
  planned: readonly Planned[],
  trials: readonly RegoTrial[],
  tree: PolicyTree,
  toolchain: Toolchain,
  { kept, workers, progress }: Options,
): Outcome<Ran | undefined> {
  const known = knownResults(planned, trials, kept);
  const stale = planned.filter((_, place) => known[place] === undefined);
  progress(`mutants: 0 of ${stale.length}, by what trials ran before`);
  const first = [...new Set(stale.flatMap(({ plan }) => plan.stages.flatMap((stage) => stage.slice(0, likely))))];
  const jobs = stale.map(({ job }) => job);
  const [ran, early] = await Promise.all([
    runMutants(jobs, trials, tree, toolchain, { workers, onResults: () => undefined }),
    notHolding(first, trials, tree, toolchain),
  ]);
  if (!ran.ok) return ran;
  if (!early.ok) return early;
  const results = filled(known, ran.value);
  const killers = new Set(results.flatMap(({ killed_by }) => killed_by));
  const asked = new Set(first);
  const late = await notHolding(
    [...killers].filter((place) => !asked.has(place)),
    trials,
    tree,
    toolchain,
  );
  if (!late.ok) return late;
  if ([...early.value, ...late.value].some((place) => killers.has(place))) return ok(undefined);
  for (const [place, one] of stale.entries()) {
    const result = ran.value[place];
    if (result?.status === "killed") kept.keep(one.key, keptOf(result, one.plan, trials));
  }
  kept.save();
  const settled = results.every(({ status }) => status !== "survived" && status !== "late");
  return ok(settled ? { results, ran: stale.length } : undefined);
}

/** Those trials that do not hold of the policies as they are: a value that is set to what it is changes nothing. */
async function notHolding(
  places: readonly number[],
  trials: readonly RegoTrial[],
  tree: PolicyTree,
  toolchain: Toolchain,
): Outcome<readonly number[]> {
  if (places.length === 0) return ok([]);
  const [area, value] = Object.entries(tree.data)[0] ?? [];
  // Without data nothing can be asked this way, so nothing is known.
  if (area === undefined || value === undefined) return ok(places);
  const answer = await toolchain.mutate({
    files: [...tree.modules, ...tree.tests],
    data: tree.data,
    trials: places.flatMap((place) => trials[place]?.trial ?? []),
    mutants: [],
    data_mutants: [{ path: [area], value, stages: places.map((_, n) => [n]) }],
  });
  if (!answer.ok) return err(problemsOf(answer.error));
  return ok((answer.value.data_mutants[0]?.killed_by ?? []).flatMap((n) => places[n] ?? []));
}

function knownResults(
  planned: readonly Planned[],
  trials: readonly RegoTrial[],
  kept: Options["kept"],
): readonly (JobResult | undefined)[] {
  const places = new Map(trials.map(({ sha256 }, place) => [sha256, place]));
  return planned.map(({ key, plan, refused }): JobResult | undefined =>
    refused === undefined
      ? stillHolds(kept.result(key), plan, trials, places)
      : { status: "invalid", killed_by: [], asked: 0, why: refused },
  );
}

function filled(known: readonly (JobResult | undefined)[], ran: readonly JobResult[]): readonly JobResult[] {
  let next = 0;
  return known.map((one) => one ?? ran[next++] ?? unasked);
}

function keptOf({ status, killed_by, asked, why }: JobResult, plan: Plan, trials: readonly RegoTrial[]): KeptResult {
  const killers = killed_by.flatMap((place) => trials[place]?.sha256 ?? []);
  const stages = digest(JSON.stringify(plan.stages.map((stage) => stage.map((place) => trials[place]?.sha256))));
  const base = { status: status === "late" ? ("survived" as const) : status, killers, asked, stages };
  return why === undefined ? base : { ...base, why };
}
