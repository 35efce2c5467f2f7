import { err, isRecord, ok, type Problem, type Result } from "../../model/index.js";
import {
  type Coverage,
  type PolicyTree,
  problemsOf,
  type TestResult,
  type Toolchain,
  type ToolchainError,
} from "../../policy/index.js";
import { dealTests } from "./deal-tests.js";
import { mergeCoverage } from "./merge-coverage.js";

/** Which tests to run, and how. */
export type TestSelection = {
  /** A regular expression (RE2) over `data.<package>.<test>`. */
  readonly run?: string | undefined;
  /** Packages whose tests run; all when left out. */
  readonly packages?: readonly string[];
  readonly coverage: boolean;
  /** How many calls at once where no `run` picks tests; each needs a worker of the toolchain. */
  readonly shards: number;
  /** How long a test may take, in milliseconds, and all tests of one call together at first. */
  readonly timeoutMs: number;
};

/** What the tests said, in the order of files and rows. */
export type TestOutcome = { readonly tests: readonly TestResult[]; readonly coverage: Coverage | undefined };

/** The packages of a policy folder: those of its modules, and those that only have tests. */
export function packagesOf(tree: PolicyTree): readonly string[] {
  const paths = [...tree.modules, ...tree.tests].map(({ path }) => packageOf(path));
  return [...new Set(paths)].sort();
}

/** The package that a file belongs to, or tests: its folder. */
export function packageOf(path: string): string {
  return path.split("/").slice(1, -1).join(".");
}

/**
 * Runs tests. A call that misses its deadline is narrowed down until the test that takes too long has a name; that
 * test is an error, the others count.
 *
 * @returns on failure everything wrong with the policies, or with the regular expression (`usage/flag`)
 */
export async function runPolicyTests(
  tree: PolicyTree,
  toolchain: Toolchain,
  selection: TestSelection,
): Promise<Result<TestOutcome, readonly Problem[]>> {
  const packages = selection.packages ?? packagesOf(tree);
  // Where the caller picks tests there are few; else the names are dealt out.
  const runs = selection.run === undefined ? dealTests(tree, selection.shards) : [selection.run];
  const outcomes = await Promise.all(
    runs.map((run) => runShard(packages, tree, toolchain, { ...selection, run: run === "" ? undefined : run })),
  );
  const failed = outcomes.find((outcome) => !outcome.ok);
  if (failed?.ok === false) return failed;
  const good = outcomes.flatMap((outcome) => (outcome.ok ? [outcome.value] : []));
  const tests = good.flatMap((outcome) => outcome.tests);
  const coverages = good.flatMap(({ coverage }) => (coverage === undefined ? [] : [coverage]));
  tests.sort((a, b) => (a.file === b.file ? a.row - b.row : a.file < b.file ? -1 : 1));
  return ok({ tests, coverage: selection.coverage ? mergeCoverage(coverages) : undefined });
}

async function runShard(
  packages: readonly string[],
  tree: PolicyTree,
  toolchain: Toolchain,
  selection: TestSelection,
): Promise<Result<TestOutcome, readonly Problem[]>> {
  if (packages.length === 0) return ok({ tests: [], coverage: undefined });
  const { run, coverage, timeoutMs } = selection;
  const request = {
    files: [...tree.modules, ...tree.tests],
    data: tree.data,
    packages,
    coverage,
    no_lines: !coverage,
    ...(run === undefined ? {} : { run }),
  };
  const answer = await toolchain.test(request, { deadlineMs: timeoutMs });
  if (answer.ok) return ok({ tests: answer.value.tests, coverage: answer.value.coverage });
  if (answer.error.code === "toolchain/deadline") return narrow(packages, tree, toolchain, selection);
  return err(badRun(answer.error) ?? problemsOf(answer.error));
}

function badRun(error: ToolchainError): readonly Problem[] | undefined {
  const reason = /\brun: (?:error parsing regexp: )?(.*)$/s.exec(error.message)?.[1];
  if (error.code !== "toolchain/failed" || reason === undefined) return undefined;
  const hint = "it is an RE2 expression over data.<package>.<test>, such as 'command_test.test_deny'";
  return [{ code: "usage/flag", message: `--run is no regular expression: ${reason}`, hint }];
}

/** Something here takes too long: package by package, then test by test, says what. */
async function narrow(
  packages: readonly string[],
  tree: PolicyTree,
  toolchain: Toolchain,
  selection: TestSelection,
): Promise<Result<TestOutcome, readonly Problem[]>> {
  const parts: TestOutcome[] = [];
  const [only] = packages;
  if (packages.length > 1 || only === undefined) {
    for (const name of packages) {
      const part = await runShard([name], tree, toolchain, selection);
      if (!part.ok) return part;
      parts.push(part.value);
    }
    return ok(joined(parts, selection));
  }
  for (const test of await testsOf(only, tree, toolchain)) {
    const reference = `data.${test.package}.${test.name}`;
    if (!matches(selection.run, reference)) continue;
    const request = {
      files: [...tree.modules, ...tree.tests],
      data: tree.data,
      packages: [only],
      coverage: selection.coverage,
      no_lines: !selection.coverage,
      run: `^${reference.replaceAll(".", "\\.")}$`,
    };
    const answer = await toolchain.test(request, { deadlineMs: selection.timeoutMs });
    if (answer.ok) parts.push({ tests: answer.value.tests, coverage: answer.value.coverage });
    else if (answer.error.code !== "toolchain/deadline") return err(problemsOf(answer.error));
    else parts.push({ tests: [late(test, selection.timeoutMs)], coverage: undefined });
  }
  return ok(joined(parts, selection));
}

function joined(parts: readonly TestOutcome[], selection: TestSelection): TestOutcome {
  const coverages = parts.flatMap(({ coverage }) => (coverage === undefined ? [] : [coverage]));
  return {
    tests: parts.flatMap(({ tests }) => tests),
    coverage: selection.coverage ? mergeCoverage(coverages) : undefined,
  };
}

function matches(run: string | undefined, reference: string): boolean {
  if (run === undefined) return true;
  try {
    return new RegExp(run).test(reference);
  } catch {
    // RE2 knows forms that JavaScript does not: then every test of the package is asked.
    return true;
  }
}

type NamedTest = Pick<TestResult, "package" | "name" | "file" | "row">;

async function testsOf(name: string, tree: PolicyTree, toolchain: Toolchain): Promise<NamedTest[]> {
  const tests = new Map<string, NamedTest>();
  for (const file of tree.tests) {
    if (packageOf(file.path) !== name) continue;
    const module = await toolchain.ast(file);
    const rules: readonly unknown[] = module.ok && Array.isArray(module.value.rules) ? module.value.rules : [];
    for (const rule of rules) {
      const found = headOf(rule);
      if (found === undefined || !/^(todo_)?test_/.test(found.name) || tests.has(found.name)) continue;
      tests.set(found.name, { package: `${name}_test`, name: found.name, file: file.path, row: found.row });
    }
  }
  return [...tests.values()];
}

function headOf(rule: unknown): { name: string; row: number } | undefined {
  if (!isRecord(rule) || !isRecord(rule.head) || !Array.isArray(rule.head.ref)) return undefined;
  const [first]: readonly unknown[] = rule.head.ref;
  if (!isRecord(first) || typeof first.value !== "string") return undefined;
  const row = isRecord(rule.location) && typeof rule.location.row === "number" ? rule.location.row : 1;
  return { name: first.value, row };
}

function late(test: NamedTest, timeoutMs: number): TestResult {
  const error = `took longer than ${timeoutMs / 1000} s and was ended`;
  const duration_ns = timeoutMs * 1_000_000;
  return { ...test, end_row: test.row, status: "error", duration_ns, fail: null, error, covered: {} };
}
