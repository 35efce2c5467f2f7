import { err, ok, type Problem, type Report, type Result } from "../../src/index.js";
import type { Config } from "../config/index.js";
import { type CitedPlace, citedTestFiles, readJunit, type TestResult, withTestResults } from "../evidence/index.js";
import { baselineRegressions, evidenceDigest, textOfRepository } from "../regression/index.js";
import { packageNames, readRunResults, withCoverage } from "../results/index.js";
import { runTests } from "../runner/run-tests.js";
import { isInForce, type Specs } from "../spec/index.js";
import { type DemandedRungs, demandedNow, judgeRun, type VerdictInput } from "../verdict/index.js";
import { gatherEvidence } from "./gather-evidence.js";
import { recordedProofs } from "./recorded-proofs.js";
import { openSubject, type Policies } from "./subject.js";

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

/**
 * Runs the conformance suite of a repository: its cases and attacks against its policies, its tests, its evidence.
 *
 * @returns on failure what is broken in specs, policies or configuration; a run that fails is a report with verdict FAIL
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
  const { specs, policies } = subject;
  const unknown = options.only.filter((id) => !specs.requirements.some((one) => one.id === id));
  if (unknown.length > 0) return err(unknown.map(unknownRequirement));
  const evidence = await gatherEvidence({ config, specs, policies });
  if (!evidence.ok) return evidence;
  const { places, problems, sources, regoTests } = evidence.value;

  // The tests run in processes of their own, beside everything that follows.
  const testing = testResults(
    config,
    citedTestFiles(chosen(places, demandedIds(specs, subject.product.version, options.only))),
  );
  const trials = policies === undefined ? noTrials : await tryPolicies(policies, specs, options, phases.begin);
  phases.begin("tests");
  const tests = await testing;
  if (!tests.ok) return tests;
  const results = readRunResults(config);
  if (!results.ok) return results;
  const { requirements, suites } = specs;
  const provable = {
    requirements,
    places: [...places, ...regoTests],
    suites,
    textOf: (file: string) => sources.get(file),
  };
  const standing = await recordedProofs(config, provable, results.value.mutants);
  if (!standing.ok) return standing;
  const tried = withTestResults(
    standing.value.places.filter((place) => !regoTests.includes(place)),
    [...tests.value, ...results.value.tests],
    packageNames(config.root),
  );

  phases.begin("verdict");
  const judgement = {
    product: subject.product,
    requirements: specs.requirements,
    waivers: specs.waivers,
    evidence: [...withCoverage(tried, results.value.coverage), ...regoTests],
    checks: trials.checks,
    executions: trials.executions,
    problems,
    demanded: demandedOf(config),
    today: options.today,
    profile: options.profile,
    seed: options.seed,
    only: options.only,
    inputs: subject.inputs,
    counts: trials.counts,
    proofs: standing.value.proofs,
  };
  const report = withBaseline(config, judgement);
  return ok({ report, sources, phases: phases.end() });
}

/** What came of trying a repository's policies. */
export type Trials = Pick<VerdictInput, "checks" | "executions" | "counts">;

/** Of a repository without policies. */
const noTrials: Trials = {
  checks: [],
  executions: [],
  counts: { interpreter_inputs: 0, disagreements: 0, bypasses: 0 },
};

/** Attacks and what they run on are imported where there is something to try: that takes half a second. */
async function tryPolicies(policies: Policies, { suites }: Specs, options: ConformOptions, begin: PhaseBegin) {
  const { runTrials } = await import("./policy-trials.js");
  return runTrials(policies, suites, options, begin);
}

type PhaseBegin = (phase: string) => void;

/** Judges a run, and again with what got worse: that can be told only of results. */
function withBaseline(config: Config, judgement: VerdictInput): Report {
  const report = judgeRun(judgement);
  const evidence = evidenceDigest(config, report, textOfRepository(config.root));
  const inputs = { ...judgement.inputs, evidence };
  return judgeRun({ ...judgement, inputs, regressions: baselineRegressions(config, report) });
}

/** What this version demands, unless the configuration demands less of code: that shows in the report. */
function demandedOf({ demand }: Config): DemandedRungs {
  if (demand === undefined) return demandedNow;
  return { ...demandedNow, mutation: { ...demandedNow.mutation, code: demand } };
}

function unknownRequirement(id: string): Problem {
  return {
    code: "usage/flag",
    message: `no requirement is called ${id}`,
    hint: "ids look like EXE-15; see specs/requirements",
  };
}

/** What is asked about: the requirements that were named, else all in force. Tests of what is planned are not run with those. */
function demandedIds({ requirements }: Specs, version: string, only: readonly string[]): ReadonlySet<string> {
  if (only.length > 0) return new Set(only);
  return new Set(requirements.filter((one) => isInForce(one, version)).map(({ id }) => id));
}

function chosen(places: readonly CitedPlace[], ids: ReadonlySet<string>): readonly CitedPlace[] {
  return places.filter((place) => place.requirements.some((id) => ids.has(id)));
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
