import { readFile, writeFile } from "node:fs/promises";
import { matchesGlob, resolve } from "node:path";
import { readJunit, type TestResult } from "../../../conformance/evidence/index.js";
import { canonicalJson, loadSpecs, readConfig } from "../../../conformance/index.js";
import { type CoveredFile, readCoverage } from "../../../conformance/results/index.js";
import {
  builtIn,
  readSignOff,
  reviewOf,
  runTarget,
  type SecurityReview,
  type SignOff,
  securityChecklist,
  type WorkerResults,
  workerResults,
} from "../../../conformance/target/index.js";
import { systemClock } from "../../host/index.js";
import { type Problem, printable, type Result } from "../../model/index.js";
import { openNamedTarget, packageSpecs } from "../conform/conform-target.js";
import type { ResultsFlags } from "../results.js";
import { CommandFailure, type Terminal } from "../terminal.js";

/** Runs the suites, computes the results, writes them and says what they come to. */
export async function writeResults(flags: ResultsFlags, terminal: Terminal): Promise<number> {
  const startedMs = systemClock.nowMs();
  // What is given by files is read first: a run would be for nothing without them.
  const [tests, coverage, signOff] = await Promise.all([
    readTests(flags.junit),
    readCovered(flags.coverage, flags.covered),
    readSigned(flags.signOff),
  ]);
  const config = good(await readConfig(process.cwd()));
  const requirements = packageSpecs()
    .requirements.map(({ id }) => id)
    .filter((id) => id.startsWith("EXE-"));
  terminal.progress("the repository");
  const { waivers } = good(loadSpecs(resolve(config.root, config.specs)));
  const today = new Date(startedMs).toISOString().slice(0, 10);
  const built = good(await builtIn(config, { requirements, waivers, today }));
  await using opened = await openNamedTarget({ target: flags.target, targetConfig: flags.targetConfig });
  const { target } = opened;
  const results = await runTarget(target, { progress: terminal.progress });
  const security = reviewOf(securityChecklist(results, built.secrets), built.subject, signOff);
  const computed = workerResults({
    workerId: flags.workerId,
    task: flags.task,
    results,
    exchanges: target.exchanges,
    tests,
    coverage,
    deliverables: built.deliverables,
    security,
    startedMs,
    nowMs: systemClock.nowMs(),
    humanOperator: flags.humanOperator,
    aiAssistance: flags.aiAssistance,
  });
  const form = good(computed);
  await writeFile(flags.out, canonicalJson(form));
  if (flags.json === true) terminal.out(canonicalJson(form).trimEnd());
  else print(form, flags.out, terminal);
  return exitCodeOf(form);
}

/** A result's value. @throws CommandFailure with its problems */
function good<T>(result: Result<T, readonly Problem[]>): T {
  if (!result.ok) throw new CommandFailure(result.error);
  return result.value;
}

/** The text of a file that a flag names. */
async function textOf(file: string, flag: string): Promise<string> {
  return readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    const hint = `${flag} says where it is; nothing is made up in its place`;
    throw new CommandFailure([
      { code: "usage/missing", message: `it cannot be read: ${error.message}`, place: { file }, hint },
    ]);
  });
}

async function readTests(file: string): Promise<readonly TestResult[]> {
  const read = readJunit(await textOf(file, "--junit"), file);
  if (!read.ok) throw new CommandFailure([read.error]);
  return read.value;
}

/** Coverage of the folders that are asked for alone. */
async function readCovered(file: string, folders: readonly string[]): Promise<readonly CoveredFile[]> {
  const read = readCoverage(await textOf(file, "--coverage"), file);
  if (!read.ok) throw new CommandFailure([read.error]);
  const globs = folders.map((folder) => `**/${folder.replace(/\/+$/, "")}/**`);
  return read.value.filter((one) =>
    globs.some((glob) => matchesGlob(`./${one.file}`, glob) || matchesGlob(one.file, glob)),
  );
}

async function readSigned(file: string | undefined): Promise<SignOff | null> {
  return file === undefined ? null : good(readSignOff(await textOf(file, "--sign-off"), file));
}

/** 2 where something failed, 7 where the checklist is not signed or an item cannot be told. */
function exitCodeOf({ status, security, test_results }: WorkerResults): number {
  if (status === "pass") return 0;
  const isFailed = security.items.some((item) => item.status === "no") || Object.values(test_results).includes(false);
  return isFailed || security.verdict === "pass" ? 2 : 7;
}

const words: Readonly<Record<SecurityReview["verdict"], string>> = {
  pass: "signed off",
  unsigned: "holds, and nobody has signed it off",
  fail: "does not hold",
};

function print(form: WorkerResults, out: string, terminal: Terminal): void {
  const { security, bypasses, status } = form;
  for (const { title, status: held, findings } of security.items) {
    const style = held === "yes" ? "green" : held === "no" ? "red" : "yellow";
    terminal.out(`${terminal.paint(style, held.padEnd(7))} ${title}: ${printable(findings[0] ?? "")}`);
  }
  terminal.out(`the checklist ${words[security.verdict]}; its hash is ${security.checklist_sha256}`);
  terminal.out(`${bypasses.attempts} bypass attempts, ${bypasses.bypasses} got through`);
  terminal.out(`${terminal.paint(status === "pass" ? "green" : "red", status)}: ${out}`);
}
