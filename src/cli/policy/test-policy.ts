import { writeFile } from "node:fs/promises";
import type { Problem } from "../../model/index.js";
import type { PolicyTree } from "../../policy/index.js";
import { CommandFailure, type Terminal } from "../terminal.js";
import { round } from "./check-policy.js";
import { type FailureValues, failureValues } from "./failure-values.js";
import { junitResults } from "./junit-results.js";
import {
  type FolderOptions,
  findPolicies,
  orFail,
  type PolicyFolder,
  readTree,
  shownFile,
  toolchainFor,
} from "./policy-folder.js";
import { packageOf, runPolicyTests, type TestOutcome } from "./run-policy-tests.js";
import { countsOf, coverageLines, failureLines, summaryLine, testJson } from "./test-report.js";

/** The flags of `policy test`. */
export type TestOptions = FolderOptions & {
  readonly run?: string | undefined;
  readonly coverage?: boolean | undefined;
  /** Percent, 0 to 100; implies coverage. */
  readonly threshold?: number | undefined;
  /** Seconds that a test may take. */
  readonly timeout: number;
  readonly junit?: string | undefined;
};

/**
 * `lockkeeper policy test`: runs the tests of the policies.
 *
 * @returns 0 when all passed; 2 when one failed, or coverage is below the threshold; no test at all ends with 7
 */
export async function testPolicy(options: TestOptions, terminal: Terminal): Promise<number> {
  const started = performance.now();
  const folder = await findPolicies(options);
  // Opened first, so that it starts while the folder is read.
  await using toolchain = toolchainFor(folder, workers);
  // Two questions at once, so that the second worker starts too: whether there is work for it is known too late.
  void Promise.all([toolchain.version(), toolchain.version()]);
  const tree = await readTree(folder);
  if (tree.tests.length === 0) throw noTests(folder);
  const coverage = options.coverage === true || options.threshold !== undefined;
  terminal.progress(`running the tests of ${tree.tests.length} files`);
  const selection = { run: options.run, coverage, shards: shardsFor(tree), timeoutMs: options.timeout * 1000 };
  const outcome = orFail(await runPolicyTests(tree, toolchain, selection), folder);
  if (options.junit !== undefined) await writeFile(options.junit, junitResults(outcome.tests));
  const { passed, failed } = countsOf(outcome.tests);
  if (passed + failed === 0) throw noTests(folder, options.run, outcome.tests.length);
  const values = await failureValues(outcome.tests, tree, toolchain);
  const seconds = round((performance.now() - started) / 1000);
  const missed = thresholdMissed(outcome, options.threshold);
  if (terminal.json) terminal.out(JSON.stringify(jsonOf(outcome, values, seconds, missed, folder)));
  else for (const line of linesOf(outcome, values, seconds, missed, tree, folder, terminal)) terminal.out(line);
  return failed > 0 || missed !== undefined ? 2 : 0;
}

/** How many workers tests are dealt out to at most. A second one only starts when it is given work. */
export const workers = 2;

/**
 * From this much source of tests on, two workers are sooner done than one: each has to start and to compile, which
 * takes about a second of processor time.
 */
const manyTests = 40_000;

/** How many workers the tests of some packages, or of all, are worth. */
export function shardsFor(tree: PolicyTree, packages?: readonly string[]): number {
  const some = tree.tests.filter(({ path }) => packages === undefined || packages.includes(packageOf(path)));
  return some.reduce((sum, { text }) => sum + text.length, 0) < manyTests ? 1 : workers;
}

function noTests(folder: PolicyFolder, run?: string, skipped = 0): CommandFailure {
  const where = shownFile(`${folder.name}/`, folder);
  const [message, hint] =
    skipped > 0
      ? [`all ${skipped} tests are skipped`, "a test whose name begins with todo_test_ is not run"]
      : run === undefined
        ? [`no test in ${where}`, "tests are rules named test_… in files named …_test.rego"]
        : [`no test matches --run ${run}`, "it is compared with data.<package>.<test>"];
  return new CommandFailure([{ code: "policy/no_tests", message, hint }], 7);
}

function thresholdMissed({ coverage }: TestOutcome, threshold: number | undefined): Problem | undefined {
  if (coverage === undefined || threshold === undefined || coverage.percent >= threshold) return undefined;
  return {
    code: "policy/coverage",
    message: `coverage ${coverage.percent.toFixed(2)} % is below the threshold of ${threshold} %`,
    hint: "the lines that no test reaches are listed above",
  };
}

function jsonOf(
  outcome: TestOutcome,
  values: FailureValues,
  seconds: number,
  missed: Problem | undefined,
  folder: PolicyFolder,
): object {
  const counts = countsOf(outcome.tests);
  const tests = outcome.tests.map((test) => testJson(test, values, folder));
  const files = Object.entries(outcome.coverage?.files ?? {}).map(([file, lines]) => [shownFile(file, folder), lines]);
  const coverage =
    outcome.coverage === undefined
      ? {}
      : { coverage: { percent: outcome.coverage.percent, files: Object.fromEntries(files) } };
  const problems = missed === undefined ? {} : { problems: [missed] };
  return { ok: counts.failed === 0 && missed === undefined, ...counts, seconds, ...coverage, ...problems, tests };
}

function linesOf(
  outcome: TestOutcome,
  values: FailureValues,
  seconds: number,
  missed: Problem | undefined,
  tree: PolicyTree,
  folder: PolicyFolder,
  terminal: Terminal,
): string[] {
  return [
    ...failureLines(outcome.tests, values, tree, folder, terminal),
    ...(outcome.coverage === undefined ? [] : coverageLines(outcome.coverage, folder)),
    ...(missed === undefined ? [] : [`${terminal.paint("red", "FAIL")} ${missed.message}`]),
    summaryLine(outcome.tests, seconds, terminal),
  ];
}
