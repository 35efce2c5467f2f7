import { hash } from "node:crypto";
import {
  type Coverage,
  Decision,
  err,
  ok,
  type PolicyTree,
  type Problem,
  parserOf,
  problemsOf,
  type Result,
  type TestResult,
  type Toolchain,
  type Trial,
} from "../../src/index.js";
import { differences, observeDecision } from "../runner/index.js";
import { type CaseQuestion, expectationOf } from "./case-questions.js";
import { citedBy } from "./package-citations.js";

const parseDecision = parserOf(Decision);

/** Rows from and to by file, both included. */
export type CoveredRows = Readonly<Record<string, Coverage["files"][string]["covered"]>>;

/** Something that may notice a mutant: a Rego test or a case, and the lines of policy that it runs. */
export type RegoTrial = {
  /** The test's path (`data.command_test.test_x`), or the case's id. */
  readonly id: string;
  readonly kind: "test" | "case";
  readonly file: string;
  readonly row: number;
  readonly end_row: number;
  readonly requirements: readonly string[];
  readonly trial: Trial;
  readonly covered: CoveredRows;
  /** How many lines it runs: few is specific, and mostly quick. */
  readonly weight: number;
  /** Changes when what it asks or expects does. */
  readonly sha256: string;
};

/** What may notice, and what cannot because it does not even hold of the policies as they are. */
export type Baseline = { readonly trials: readonly RegoTrial[]; readonly unsound: readonly Problem[] };

/** Questions that one call of the interpreter is asked. */
const batch = 200;

/** What is asked: the tests of packages, and cases. */
export type Asked = { readonly packages: readonly string[]; readonly questions: readonly CaseQuestion[] };

/**
 * Runs Rego tests and cases on the policies as they are, for the lines that each runs.
 *
 * @param cited - what Rego tests cite, by their paths; what packages of them cite, see `citedByPackages`
 * @param hands - calls at once
 */
export async function runBaseline(
  tree: PolicyTree,
  { packages, questions }: Asked,
  cited: Readonly<Record<string, readonly string[]>>,
  toolchain: Toolchain,
  hands: number,
): Promise<Result<Baseline, readonly Problem[]>> {
  const testing = packages.length === 0 ? nothing : runTests(tree, packages, cited, toolchain, hands);
  const asking = questions.length === 0 ? nothing : runCases(tree, questions, toolchain);
  const [tests, cases] = await Promise.all([testing, asking]);
  if (!tests.ok) return tests;
  if (!cases.ok) return cases;
  return ok({
    trials: [...tests.value.trials, ...cases.value.trials],
    unsound: [...tests.value.unsound, ...cases.value.unsound],
  });
}

const nothing = Promise.resolve(ok({ trials: [], unsound: [] }));

async function runCases(
  tree: PolicyTree,
  questions: readonly CaseQuestion[],
  toolchain: Toolchain,
): Promise<Result<Baseline, readonly Problem[]>> {
  const loaded = await toolchain.load({ files: tree.modules, data: tree.data });
  if (!loaded.ok) return err(problemsOf(loaded.error));
  const asked = await Promise.all(
    batchesOf(questions).map(async (some) => {
      const entrypoint = some[0]?.entrypoint ?? "request";
      const answered = await loaded.value.evaluate({
        path: `main/${entrypoint}`,
        inputs: some.map(({ input }) => input),
        coverage: true,
      });
      return answered.ok ? ok(some.map((one, n) => ({ one, answer: answered.value[n] }))) : answered;
    }),
  );
  await loaded.value.close();
  const trials: RegoTrial[] = [];
  const unsound: Problem[] = [];
  for (const some of asked) {
    if (!some.ok) return err(problemsOf(some.error));
    for (const { one, answer } of some.value) {
      if (holds(one.item, answer?.result)) trials.push(trialOfCase(one, answer?.covered ?? {}));
      else unsound.push(unsoundCase(one));
    }
  }
  return ok({ trials, unsound });
}

function batchesOf(questions: readonly CaseQuestion[]): (readonly CaseQuestion[])[] {
  const batches: CaseQuestion[][] = [];
  for (const one of questions) {
    const last = batches.findLast((some) => some[0]?.entrypoint === one.entrypoint);
    if (last === undefined || last.length >= batch) batches.push([one]);
    else last.push(one);
  }
  return batches;
}

function trialOfCase({ item, entrypoint, input }: CaseQuestion, covered: CoveredRows): RegoTrial {
  const trial = { path: `main/${entrypoint}`, input, expect: expectationOf(item) };
  const { id, file, row, requirements } = item;
  const sha256 = digest(JSON.stringify([trial, requirements]));
  return { id, kind: "case", file, row, end_row: row, requirements, trial, covered, weight: weightOf(covered), sha256 };
}

async function runTests(
  tree: PolicyTree,
  packages: readonly string[],
  cited: Readonly<Record<string, readonly string[]>>,
  toolchain: Toolchain,
  hands: number,
): Promise<Result<Baseline, readonly Problem[]>> {
  const files = [...tree.modules, ...tree.tests];
  // Names end in all letters alike, near enough.
  const letters = hands < 2 ? [""] : ["[a-ms]$", "[^a-ms]$"];
  const runs = await Promise.all(letters.map((run) => toolchain.test({ files, data: tree.data, packages, run })));
  const trials: RegoTrial[] = [];
  const unsound: Problem[] = [];
  for (const run of runs) {
    if (!run.ok) return err(problemsOf(run.error));
    for (const test of run.value.tests) {
      if (test.status === "pass") trials.push(trialOfTest(test, cited, tree));
      else if (test.status !== "skip") unsound.push(unsoundTest(test));
    }
  }
  const ordered = trials.sort((a, b) => (a.file === b.file ? a.row - b.row : a.file < b.file ? -1 : 1));
  return ok({ trials: ordered, unsound });
}

function trialOfTest(
  test: TestResult,
  cited: Readonly<Record<string, readonly string[]>>,
  tree: PolicyTree,
): RegoTrial {
  const id = `data.${test.package}.${test.name}`;
  const covered = Object.fromEntries(Object.entries(test.covered).filter(([file]) => !file.endsWith("_test.rego")));
  // A test is its file, those beside it, and the fixtures of the library.
  const folder = test.file.slice(0, test.file.lastIndexOf("/") + 1);
  const near = tree.tests.filter(({ path }) => path.startsWith(folder) || path.includes("/lib/"));
  return {
    id,
    kind: "test",
    file: test.file,
    row: test.row,
    end_row: test.end_row,
    requirements: citedBy(id, test.package, cited),
    trial: { path: id },
    covered,
    weight: weightOf(covered),
    sha256: digest(`${id}\n${near.map(({ path, text }) => `${path}\n${text}`).join("\n")}`),
  };
}

/** Whether a case is content with an answer; one that is no decision contents nobody. */
function holds(item: CaseQuestion["item"], answer: unknown): boolean {
  const decision = parseDecision(answer);
  return decision.ok && differences(item, { ...observeDecision(decision.value), notRun: "decided only" }).length === 0;
}

function unsoundCase({ item: { id, file, row } }: CaseQuestion): Problem {
  return { code: "conform/failed", message: `the case ${id} does not hold`, place: { file, row } };
}

function unsoundTest({ package: name, name: test, file, row }: TestResult): Problem {
  return { code: "policy/test_failed", message: `data.${name}.${test} fails`, place: { file, row } };
}

function weightOf(covered: CoveredRows): number {
  return Object.values(covered)
    .flat()
    .reduce((sum, [from, to]) => sum + to - from + 1, 0);
}

/** SHA-256, hexadecimal. */
export function digest(text: string): string {
  return hash("sha256", text);
}
