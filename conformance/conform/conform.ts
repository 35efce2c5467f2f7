import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type CheckResult,
  type Engine,
  err,
  gitRepositoryFacts,
  ok,
  openJsonlRecorder,
  type Problem,
  parseCommand,
  type Report,
  type Result,
} from "../../src/index.js";
import { type Attack, attacks } from "../attacks/index.js";
import type { Config } from "../config/index.js";
import { type CitedPlace, citedTestFiles, readJunit, type TestResult, withTestResults } from "../evidence/index.js";
import { runHarnessFaults, runPolicyFaults } from "../faults/index.js";
import { compareWithInterpreter, type Interpret, sampleQuestions } from "../oracle/index.js";
import { baselineRegressions, evidenceDigest, textOfRepository } from "../regression/index.js";
import { type CaseOutcome, makeScratchWorkspace, runAttacks, runSuite, runTests } from "../runner/index.js";
import type { SpecSuite } from "../spec/index.js";
import { demandedNow, type Execution, judgeRun, type VerdictInput } from "../verdict/index.js";
import { differentialCheck } from "./differential-check.js";
import { gatherEvidence } from "./gather-evidence.js";
import type { Interpreter } from "./interpreter.js";
import { openSubject, type Subject } from "./subject.js";

/** How a run is asked for. */
export type ConformOptions = {
  /** `embedded` needs nothing but Node; `full` asks ten times as much. */
  readonly profile: "embedded" | "full";
  /** Judge these requirements alone; all where empty. */
  readonly only: readonly string[];
  readonly seed: number;
  /** The day in UTC, `YYYY-MM-DD`. */
  readonly today: string;
  /** Told what the run is doing. */
  readonly progress: (phase: string) => void;
};

/** A finished run: the report, the texts it speaks of, and how long each phase took. */
export type Conformance = {
  readonly report: Report;
  readonly sources: ReadonlyMap<string, string>;
  readonly phases: readonly { readonly name: string; readonly duration_ms: number }[];
};

/** Property inputs a run generates; every fifth question is asked of the interpreter as well. */
const propertyInputs = { embedded: 100_000, full: 1_000_000 } as const;
const interpretEvery = 5;

/**
 * Runs the conformance suite of a repository: its cases and attacks against its policies, its tests, its evidence.
 *
 * @returns on failure what is broken in specs, policies or configuration; a run that fails is a report with verdict FAIL
 * @requirement HAR-05
 */
export async function conform(
  config: Config,
  options: ConformOptions,
): Promise<Result<Conformance, readonly Problem[]>> {
  const phases = phaseClock(options.progress);
  phases.begin("policies and specs");
  const opened = await openSubject(config);
  if (!opened.ok) return opened;
  await using subject = opened.value;
  const { specs, engine, interpreter } = subject;
  const unknown = options.only.filter((id) => !specs.requirements.some((one) => one.id === id));
  if (unknown.length > 0) return err(unknown.map(unknownRequirement));
  const evidence = await gatherEvidence({ config, specs, tree: subject.tree, attacks, toolchain: subject.toolchain });
  if (!evidence.ok) return evidence;
  const { places, problems, sources } = evidence.value;

  // The tests run in processes of their own, beside everything that follows.
  const testing = testResults(config, citedTestFiles(chosen(places, options.only)));
  phases.begin("cases");
  const cases = await runSuites(specs.suites, engine, wantsFaults(options.only) ? [] : options.only);
  phases.begin("property attacks");
  const hunt = await runHunt(subject, options);
  phases.begin("interpreter");
  const asked = cases.flatMap(({ questions }) => questions);
  const { executions, interpret } = await replayCases(cases, interpreter);
  const named = await compareWithInterpreter(asked, interpret, engine.decide);
  const differences = [...named, ...(await hunt.compared())];
  phases.begin("planted faults");
  const faults = wantsFaults(options.only) ? await plantFaults(subject, cases, executions) : [];
  phases.begin("tests");
  const tests = await testing;
  if (!tests.ok) return tests;

  phases.begin("verdict");
  const interpreted = hunt.interpreted + asked.length;
  const checks = [...cases, ...hunt.outcomes].map(({ check }) => check);
  const judgement = {
    product: subject.product,
    requirements: specs.requirements,
    waivers: specs.waivers,
    evidence: withTestResults(places, tests.value),
    checks: [...checks, ...faults, differentialCheck(interpreted, differences)],
    executions,
    problems,
    demanded: demandedNow,
    today: options.today,
    profile: options.profile,
    seed: options.seed,
    only: options.only,
    inputs: subject.inputs,
    counts: {
      interpreter_inputs: interpreted,
      disagreements: differences.length,
      bypasses: bypassesIn(
        cases,
        hunt.outcomes.map(({ check }) => check),
      ),
    },
  };
  const report = withBaseline(config, judgement);
  return ok({ report, sources, phases: phases.end() });
}

/** Judges a run, and again with what got worse: that can be told only of results. */
function withBaseline(config: Config, judgement: VerdictInput): Report {
  const report = judgeRun(judgement);
  const evidence = evidenceDigest(report, textOfRepository(config.root));
  const inputs = { ...judgement.inputs, evidence };
  return judgeRun({ ...judgement, inputs, regressions: baselineRegressions(config, report) });
}

function unknownRequirement(id: string): Problem {
  return {
    code: "usage/flag",
    message: `no requirement is called ${id}`,
    hint: "ids look like EXE-15; see specs/requirements",
  };
}

function chosen(places: readonly CitedPlace[], only: readonly string[]): readonly CitedPlace[] {
  return only.length === 0 ? places : places.filter((place) => place.requirements.some((id) => only.includes(id)));
}

async function testResults(
  { tests, root }: Config,
  files: readonly string[],
): Promise<Result<readonly TestResult[], readonly Problem[]>> {
  if (tests === undefined || files.length === 0) return ok([]);
  const xml = await runTests(tests, root, files);
  if (!xml.ok) return err([xml.error]);
  const results = readJunit(xml.value, tests.junit);
  return results.ok ? results : err([results.error]);
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
async function runHunt({ engine, data, interpreter }: Subject, { seed, profile, only, progress }: ConformOptions) {
  const hunted = attacks.filter(
    (attack: Attack) => only.length === 0 || attack.requirements.some((id) => only.includes(id)),
  );
  const sampler = sampleQuestions(engine.decide, interpretEvery, seed);
  const comparing: ReturnType<typeof compareWithInterpreter>[] = [];
  let interpreted = 0;
  const context = { decide: sampler.decide, parse: parseCommand, data };
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
  { tree, toolchain, engine, data }: Subject,
  cases: readonly CaseOutcome[],
  executions: readonly Execution[],
): Promise<CheckResult[]> {
  const sound = cases.filter(({ check }) => check.status === "pass");
  const context = { decide: engine.decide, parse: parseCommand, data };
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

/** Times the phases of a run. */
function phaseClock(progress: (phase: string) => void) {
  const ended: { name: string; duration_ms: number }[] = [];
  let current: { name: string; startedMs: number } | undefined;
  const close = () => {
    if (current !== undefined)
      ended.push({ name: current.name, duration_ms: Math.round(performance.now() - current.startedMs) });
  };
  return {
    begin: (name: string) => {
      close();
      current = { name, startedMs: performance.now() };
      progress(name);
    },
    end: () => {
      close();
      return ended;
    },
  };
}
