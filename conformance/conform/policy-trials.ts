import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type CheckResult,
  type Engine,
  gitRepositoryFacts,
  openJsonlRecorder,
  parseCommand,
  verifyAudit,
} from "../../src/index.js";
import { type Attack, attacks } from "../attacks/index.js";
import { runHarnessFaults, runPolicyFaults } from "../faults/index.js";
import { compareWithInterpreter, type Interpret, sampleQuestions } from "../oracle/index.js";
import { type CaseOutcome, makeScratchWorkspace, runAttacks, runSuite } from "../runner/index.js";
import type { SpecSuite } from "../spec/index.js";
import type { Execution } from "../verdict/index.js";
import type { ConformOptions, Trials } from "./conform.js";
import { differentialCheck } from "./differential-check.js";
import type { Interpreter } from "./interpreter.js";
import type { Policies } from "./subject.js";

type TrialOptions = Pick<ConformOptions, "seed" | "profile" | "only" | "progress">;

/** Property inputs a run generates; every fifth question is asked of the interpreter as well. */
const propertyInputs = { embedded: 100_000, full: 1_000_000 } as const;
const interpretEvery = 5;

/**
 * Tries a repository's policies: named cases, property attacks, the interpreter's second opinion, planted faults.
 *
 * @param begin - told of each phase as it begins
 */
export async function runTrials(
  policies: Policies,
  suites: readonly SpecSuite[],
  options: TrialOptions,
  begin: (phase: string) => void,
): Promise<Trials> {
  const { engine, interpreter } = policies;
  begin("cases");
  const cases = await runSuites(suites, engine, wantsFaults(options.only) ? [] : options.only);
  begin("property attacks");
  const hunt = await runHunt(policies, options);
  begin("interpreter");
  const asked = cases.flatMap(({ questions }) => questions);
  const { executions, interpret } = await replayCases(cases, interpreter);
  const named = await compareWithInterpreter(asked, interpret, engine.decide);
  const differences = [...named, ...(await hunt.compared())];
  begin("planted faults");
  const faults = wantsFaults(options.only) ? await plantFaults(policies, cases, executions) : [];
  const interpreted = hunt.interpreted + asked.length;
  const hunted = hunt.outcomes.map(({ check }) => check);
  return {
    checks: [...cases.map(({ check }) => check), ...hunted, ...faults, differentialCheck(interpreted, differences)],
    executions,
    counts: {
      interpreter_inputs: interpreted,
      disagreements: differences.length,
      bypasses: bypassesIn(cases, hunted),
    },
  };
}

/** Runs the suites in a scratch workspace, recording every submission as it would be in use. */
async function runSuites(
  suites: readonly SpecSuite[],
  policy: Engine,
  only: readonly string[],
): Promise<CaseOutcome[]> {
  using workspace = makeScratchWorkspace();
  const facts = await gitRepositoryFacts.read(workspace.path, workspace.path);
  // The workspace stays as it is, which every suite checks, so its repository is read once.
  const repository = { read: async () => facts };
  const folder = await mkdtemp(join(tmpdir(), "lockkeeper-audit-"));
  try {
    await using recorder = await openJsonlRecorder(join(folder, "audit.jsonl"), "conformance", {
      nowMs: () => Date.now(),
    });
    const outcomes: CaseOutcome[] = [];
    for (const suite of suites) {
      const cases = suite.cases.filter(
        (item) => only.length === 0 || item.requirements.some((id) => only.includes(id)),
      );
      outcomes.push(...(await runSuite({ ...suite, cases }, { policy, workspace, recorder, repository })));
    }
    return outcomes;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs the property attacks, and hands every fifth question to the interpreter while the next attack runs. */
async function runHunt({ engine, data, interpreter }: Policies, { seed, profile, only, progress }: TrialOptions) {
  const hunted = attacks.filter(
    (attack: Attack) => only.length === 0 || attack.requirements.some((id) => only.includes(id)),
  );
  const sampler = sampleQuestions(engine.decide, interpretEvery, seed);
  const comparing: ReturnType<typeof compareWithInterpreter>[] = [];
  let interpreted = 0;
  const context = { decide: sampler.decide, parse: parseCommand, verify: verifyAudit, data };
  const outcomes = await runAttacks(hunted, context, {
    seed,
    inputs: Math.ceil(propertyInputs[profile] * shareOf(hunted)),
    afterEach: async (attack) => {
      const questions = sampler.take();
      interpreted += questions.length;
      const comparison = compareWithInterpreter(questions, interpreter.interpret, engine.decide);
      // A rejection is met where it is awaited, below.
      comparison.catch(() => undefined);
      comparing.push(comparison);
      progress(`property attacks: ${attack.id}`);
      await new Promise((resolve) => setImmediate(resolve));
    },
  });
  return {
    outcomes,
    interpreted,
    compared: async () => (await Promise.all(comparing)).flat(),
  };
}

/** Replays each case in the interpreter: the lines that it ran, and the answers, so that nothing is asked twice. */
async function replayCases(cases: readonly CaseOutcome[], interpreter: Interpreter) {
  const replays = await Promise.all(cases.map(({ check, questions }) => interpreter.replay(check.id, questions)));
  const answers = new Map(replays.flatMap((replay) => replay.answers));
  const interpret: Interpret = async (entrypoint, inputs) => {
    if (inputs.every((input) => answers.has(input))) return inputs.map((input) => answers.get(input));
    return interpreter.interpret(entrypoint, inputs);
  };
  return { executions: replays.flatMap((replay) => replay.executions), interpret };
}

/** Planted faults need every case, and show one requirement: they are left out where others alone are asked for. */
function wantsFaults(only: readonly string[]): boolean {
  return only.length === 0 || only.includes("HAR-09");
}

/** The share of all inputs that some of the attacks have. */
function shareOf(some: readonly Attack[]): number {
  const weigh = (list: readonly Attack[]) => list.reduce((sum, { weight }) => sum + weight, 0);
  return weigh(some) / weigh(attacks);
}

/** Plants faults into the policies and into the harness. Cases that do not hold as they are can tell nothing. */
async function plantFaults(
  { tree, toolchain, engine, data }: Policies,
  cases: readonly CaseOutcome[],
  executions: readonly Execution[],
): Promise<CheckResult[]> {
  const sound = cases.filter(({ check }) => check.status === "pass");
  const context = { decide: engine.decide, parse: parseCommand, verify: verifyAudit, data };
  const [policy, harness] = await Promise.all([
    runPolicyFaults(tree, sound, executions, toolchain),
    runHarnessFaults(context, sound),
  ]);
  return [...policy, ...harness];
}

/** What got through that must not: cases that were allowed, and attacks with a counterexample. */
function bypassesIn(cases: readonly CaseOutcome[], hunted: readonly CheckResult[]): number {
  return cases.filter(({ bypass }) => bypass).length + hunted.filter(({ status }) => status === "fail").length;
}
