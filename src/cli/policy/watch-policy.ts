import { watch } from "node:fs";
import { formatProblem, type Problem, type Result } from "../../model/index.js";
import { isTestFile, type PolicyTree, problemsOf, readPolicyTree, type Toolchain } from "../../policy/index.js";
import { CommandFailure, type Terminal } from "../terminal.js";
import { type FailureValues, failureValues } from "./failure-values.js";
import { findPolicies, type PolicyFolder, shownProblems, toolchainFor } from "./policy-folder.js";
import { packageOf, packagesOf, runPolicyTests, type TestOutcome } from "./run-policy-tests.js";
import { shardsFor, type TestOptions, workers } from "./test-policy.js";
import { countsOf, coverageLines, failureLines, summaryLine, testJson } from "./test-report.js";

/** How long to wait for the rest of a save, in milliseconds: editors write a file in several steps. */
const settleMs = 40;

/**
 * `lockkeeper policy test --watch`: runs all tests once, then on each save those of the packages that it touches: at
 * once those of the package saved, then those of the packages that need it. What cannot be read or compiled is said,
 * and the next save tries again.
 *
 * @param ended - ends the watch
 * @returns 0 once ended
 */
export async function watchPolicy(options: TestOptions, terminal: Terminal, ended: AbortSignal): Promise<number> {
  const folder = await findPolicies(options);
  await using toolchain = toolchainFor(folder, workers);
  const session = new WatchSession(options, folder, toolchain, terminal);
  const changes = changesIn(folder.dir, ended);
  await session.runAll();
  for await (const at of changes) await session.rerun(at);
  terminal.note("no longer watching");
  return 0;
}

/** Watches a folder from now on; each item is the moment of the first change of a save. */
function changesIn(dir: string, ended: AbortSignal): AsyncIterable<number> {
  let changedAt: number | undefined;
  let wake = () => {};
  const watcher = watch(dir, { recursive: true, signal: ended }, (_, name) => {
    if (name !== null && !/\.(rego|ya?ml|json)$/.test(name)) return;
    changedAt ??= performance.now();
    wake();
  });
  let broken: Error | undefined;
  watcher.on("error", (error: Error) => {
    broken = error;
    wake();
  });
  watcher.on("close", () => wake());
  return (async function* () {
    while (!ended.aborted) {
      if (broken !== undefined) throw watchBroke(dir, broken);
      if (changedAt === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      await new Promise((resolve) => setTimeout(resolve, settleMs));
      const at = changedAt;
      changedAt = undefined;
      if (!ended.aborted) yield at;
    }
  })();
}

function watchBroke(dir: string, error: Error): CommandFailure {
  return new CommandFailure([
    { code: "internal/io", message: `cannot be watched: ${error.message}`, place: { file: dir } },
  ]);
}

/** Where tests take longer than this together, in milliseconds, some of them come first. */
const longMs = 250;
/** What those may take together, so that something is printed within 0.3 s of a save. */
const quickMs = 120;

/**
 * The tests to run before the others of some packages: those that failed, then the quickest, as a regular expression.
 * Undefined where all are quick, or nothing is known of them.
 */
function quickest(durationsMs: ReadonlyMap<string, number>, packages: readonly string[]): string | undefined {
  const known = [...durationsMs].filter(([name]) => packages.some((one) => name.startsWith(`${one}_test.`)));
  if (known.reduce((sum, [, ms]) => sum + ms, 0) < longMs) return undefined;
  let left = quickMs;
  const chosen = known
    .sort(([, a], [, b]) => a - b)
    .filter(([, ms]) => {
      left -= ms;
      return left > 0;
    })
    .map(([name]) => name)
    .filter((name) => /^[\w.]+$/.test(name));
  return chosen.length === 0 ? undefined : `^data\\.(${chosen.join("|").replaceAll(".", "\\.")})$`;
}

const noValues: FailureValues = new Map();

/** What a watch knows from one save to the next. */
class WatchSession {
  readonly #options: TestOptions;
  readonly #folder: PolicyFolder;
  readonly #toolchain: Toolchain;
  readonly #terminal: Terminal;
  /** The tree whose tests ran last; a save that cannot be read leaves it, so that the next is compared with it. */
  #tree: PolicyTree | undefined;
  /** Packages whose tests did not run because something was broken. */
  readonly #owed = new Set<string>();
  /** How long each test took when it ran last, by its reference; 0 for one that failed. */
  readonly #durationsMs = new Map<string, number>();

  constructor(options: TestOptions, folder: PolicyFolder, toolchain: Toolchain, terminal: Terminal) {
    this.#options = options;
    this.#folder = folder;
    this.#toolchain = toolchain;
    this.#terminal = terminal;
  }

  async runAll(): Promise<void> {
    const started = performance.now();
    const tree = await readPolicyTree(this.#folder.dir);
    if (!tree.ok) {
      this.#tell(tree.error, "all", started);
      return;
    }
    this.#tree = tree.value;
    await this.#run(tree.value, packagesOf(tree.value), "all", started);
  }

  async rerun(started: number): Promise<void> {
    const read = await readPolicyTree(this.#folder.dir);
    if (!read.ok) {
      this.#tell(read.error, "saved", started);
      return;
    }
    if (this.#tree === undefined) {
      await this.runAll();
      return;
    }
    const tree = read.value;
    const changed = changedPackages(this.#tree, tree);
    const touched = new Set([...changed.keys(), ...this.#owed]);
    if (touched.size === 0) return;
    this.#tree = tree;
    const files = [...tree.modules, ...tree.tests];
    const known = new Set(packagesOf(tree));
    const first = [...touched].filter((name) => known.has(name)).sort();
    if (this.#terminal.json === false && process.stdout.isTTY) process.stdout.write("\u001b[2J\u001b[3J\u001b[H");
    const what = first.join(", ");
    const quick = quickest(this.#durationsMs, first);
    if (quick !== undefined && this.#options.run === undefined) {
      if (!(await this.#run(tree, first, `${what}: what failed and the quickest`, started, quick))) return;
    }
    if (first.length > 0 && !(await this.#run(tree, first, what, started))) return;
    // Nobody needs what only a test says.
    const asked = [...touched].filter((name) => changed.get(name) !== "tests");
    if (asked.length === 0) return;
    const closure = await this.#toolchain.closure({ files, packages: asked });
    if (!closure.ok) {
      this.#tell(problemsOf(closure.error), "saved", started);
      return;
    }
    const needing = closure.value.dependents.map((name) => name.replace(/_test$/, ""));
    const others = [...new Set(needing)].filter((name) => known.has(name) && !touched.has(name)).sort();
    if (others.length > 0) await this.#run(tree, others, `what needs it: ${others.join(", ")}`, performance.now());
  }

  /** Runs tests and prints; false where the policies do not compile. */
  async #run(
    tree: PolicyTree,
    packages: readonly string[],
    what: string,
    started: number,
    quick?: string,
  ): Promise<boolean> {
    const { run = quick, coverage, threshold, timeout } = this.#options;
    const selection = {
      run,
      packages,
      coverage: quick === undefined && (coverage === true || threshold !== undefined),
      shards: shardsFor(tree, packages),
      timeoutMs: timeout * 1000,
    };
    const outcome = await runPolicyTests(tree, this.#toolchain, selection);
    for (const name of packages) {
      if (outcome.ok) this.#owed.delete(name);
      else this.#owed.add(name);
    }
    for (const test of outcome.ok ? outcome.value.tests : []) {
      const passed = test.status === "pass" || test.status === "skip";
      this.#durationsMs.set(`${test.package}.${test.name}`, passed ? test.duration_ns / 1e6 : 0);
    }
    const values = outcome.ok ? await failureValues(outcome.value.tests, tree, this.#toolchain) : noValues;
    this.#print(outcome, values, tree, what, started);
    return outcome.ok;
  }

  #print(
    outcome: Result<TestOutcome, readonly Problem[]>,
    values: FailureValues,
    tree: PolicyTree,
    what: string,
    started: number,
  ): void {
    if (!outcome.ok) {
      this.#tell(outcome.error, what, started);
      return;
    }
    const { tests, coverage } = outcome.value;
    if (tests.length === 0) {
      const nothing = `no test ran (${what})`;
      this.#terminal.out(this.#terminal.json ? JSON.stringify({ ok: false, what, passed: 0, failed: 0 }) : nothing);
      return;
    }
    const seconds = Math.round(performance.now() - started) / 1000;
    if (this.#terminal.json) {
      const failed = tests.filter(({ status }) => status === "fail" || status === "error");
      const tested = {
        what,
        ...countsOf(tests),
        seconds,
        failures: failed.map((test) => testJson(test, values, this.#folder)),
      };
      this.#terminal.out(JSON.stringify({ ok: failed.length === 0, ...tested }));
      return;
    }
    for (const line of failureLines(tests, values, tree, this.#folder, this.#terminal)) this.#terminal.out(line);
    if (coverage !== undefined) for (const line of coverageLines(coverage, this.#folder)) this.#terminal.out(line);
    this.#terminal.out(`${summaryLine(tests, seconds, this.#terminal)} (${what})`);
  }

  #tell(problems: readonly Problem[], what: string, started: number): void {
    const seconds = Math.round(performance.now() - started) / 1000;
    const here = shownProblems(problems, this.#folder);
    if (this.#terminal.json) {
      this.#terminal.out(JSON.stringify({ ok: false, what, seconds, problems: here }));
      return;
    }
    for (const problem of here) this.#terminal.out(formatProblem(problem));
    this.#terminal.out(
      `${this.#terminal.paint("red", "FAIL")} not run: ${here.length} problems in ${seconds} s (${what})`,
    );
  }
}

/**
 * The packages that two states of a folder differ in, and whether only their tests do. Data belongs to the nearest
 * package above it; where there is none, anything may read it, so every package counts.
 */
function changedPackages(before: PolicyTree, after: PolicyTree): ReadonlyMap<string, "tests" | "policy"> {
  const changed = new Map<string, "tests" | "policy">();
  const [old, made] = [fingerprints(before), fingerprints(after)];
  for (const path of new Set([...old.keys(), ...made.keys()])) {
    const name = packageOf(path);
    if (old.get(path) === made.get(path)) continue;
    changed.set(name, isTestFile(path) ? (changed.get(name) ?? "tests") : "policy");
  }
  const packages = packagesOf(after);
  for (const path of changedData(before.data, after.data)) {
    const owner = packages.filter((name) => `${path}.`.startsWith(`${name}.`)).sort((a, b) => b.length - a.length)[0];
    for (const name of owner === undefined ? packages : [owner]) changed.set(name, "policy");
  }
  return changed;
}

function fingerprints(tree: PolicyTree): ReadonlyMap<string, string> {
  return new Map([...tree.modules, ...tree.tests].map(({ path, text }) => [path, text]));
}

/** The paths of data that differ, such as `command.programs`, as deep as the differing parts are objects. */
function changedData(before: unknown, after: unknown, path = ""): string[] {
  if (before === after || JSON.stringify(before) === JSON.stringify(after)) return [];
  if (!isPlain(before) || !isPlain(after)) return [path];
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) => changedData(before[key], after[key], path === "" ? key : `${path}.${key}`));
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
