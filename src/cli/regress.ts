import { type Command, Option } from "commander";
import type { Comparison, Config, Regression } from "../../conformance/index.js";
import type { Report } from "../model/index.js";
import { conformAndWrite } from "./conform.js";
import { CommandFailure, runCommand, type Terminal } from "./terminal.js";

/** The flags of `lockkeeper regress`. */
export type RegressFlags = {
  readonly baseline?: string;
  readonly against?: string;
  readonly specOnly?: true;
  readonly run?: boolean;
  readonly json?: true;
};

/** Registers `lockkeeper regress`. */
export function registerRegress(program: Command): void {
  program
    .command("regress")
    .description("name every requirement that stands worse than in a baseline or a commit")
    .addOption(new Option("--baseline <file>", "compare with this baseline (default: baseline.json of the specs)"))
    .addOption(new Option("--against <ref>", "compare with a commit: its specs and its baseline").conflicts("baseline"))
    .option("--spec-only", "compare only what requirements say: needs no report and takes no time")
    .option("--run", "run the conformance suite even if the last report is up to date")
    .option("--no-run", "never run it: a report that is missing or out of date ends the command")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `
How things stand now is read from reports/report.json. If it is missing, or specs, policies or cited files have changed
since it was written, the conformance suite runs first, as "lockkeeper conform" would. Where lockkeeper.yaml speaks of
work packets, their anchors must resolve in the current spec as well.

Examples:
  lockkeeper regress                           against the committed specs/baseline.json
  lockkeeper regress --against origin/main     what a pull request makes worse (check out with the whole history)
  lockkeeper regress --spec-only --no-run      in a commit hook

Exit codes: 0 nothing is worse; 1 usage, or a baseline or report that cannot be read; 5 something is worse, the baseline
was edited by hand, or (--no-run) the report is out of date; 7 (--no-run) there is no report.`,
    )
    .action((flags: RegressFlags, command: Command) => runCommand(command, (terminal) => regress(flags, terminal)));
}

async function regress(flags: RegressFlags, terminal: Terminal): Promise<number> {
  const { anchorRegressions, loadSpecs, readConfig } = await import("../../conformance/index.js");
  const { join } = await import("node:path");
  const config = orFail(await readConfig(process.cwd()));
  const specs = orFail(loadSpecs(join(config.root, config.specs), config.specs));
  // The commit is looked up before anything takes long.
  if (flags.against !== undefined) await knownCommit(config, flags.against);
  const report = flags.specOnly === true ? undefined : await reportNow(config, flags.run, terminal);
  const { name, notes, ...compared } = await compare(config, flags, { specs, ...(report && { report }) });
  const regressions = [...anchorRegressions(config), ...compared.regressions];
  if (flags.json === true) {
    terminal.out(JSON.stringify({ ok: regressions.length === 0, against: name, regressions, notes }));
  } else await print(name, regressions, notes, terminal);
  return regressions.length === 0 ? 0 : 5;
}

async function knownCommit(config: Config, ref: string): Promise<void> {
  const { gitRepository } = await import("../../conformance/index.js");
  const commit = await gitRepository(config.root).commitOf(ref);
  if (!commit.ok) throw new CommandFailure([commit.error]);
}

type Compared = Comparison & { readonly name: string };
type Present = Parameters<typeof import("../../conformance/index.js").againstRef>[2];

async function compare(config: Config, flags: RegressFlags, present: Present): Promise<Compared> {
  const { againstBaseline, againstRef, againstStatements, baselinePath, noBaseline } = await import(
    "../../conformance/index.js"
  );
  if (flags.against !== undefined) {
    const compared = orFail(await againstRef(config, flags.against, present));
    return { ...compared, name: `${flags.against} (${compared.commit.slice(0, 12)})` };
  }
  const { readFile } = await import("node:fs/promises");
  const { join, resolve } = await import("node:path");
  const name = flags.baseline ?? baselinePath(config);
  const path = flags.baseline === undefined ? join(config.root, name) : resolve(name);
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) return orFail(noBaseline(name));
  const { specs, report } = present;
  const regressions =
    report === undefined
      ? againstStatements(specs.requirements, name, text)
      : againstBaseline(config, report, name, text);
  return { name, regressions: orFail(regressions), notes: [] };
}

/**
 * The report that speaks of what is there now; the suite runs where there is none.
 *
 * @param run - true: always run; false: never; else where the last report cannot be used
 */
export async function reportNow(config: Config, run: boolean | undefined, terminal: Terminal): Promise<Report> {
  const { currentReport } = await import("../../conformance/index.js");
  const current = run === true ? ({ state: "missing" } as const) : await currentReport(config);
  if (current.state === "fresh") return current.report;
  if (run === false) {
    const file = `${config.reports}/report.json`;
    const hint = "run lockkeeper conform";
    switch (current.state) {
      case "missing":
        throw new CommandFailure([{ code: "usage/missing", message: "there is no report", place: { file }, hint }], 7);
      case "unreadable":
        throw new CommandFailure(current.problems);
      case "stale": {
        const message = `the report is out of date: ${current.reasons.join("; ")}`;
        throw new CommandFailure([{ code: "evidence/unresolved", message, place: { file }, hint }], 5);
      }
    }
  }
  if (run !== true) terminal.note(`${whyRun(current)}: the conformance suite runs first`);
  const { report } = await conformAndWrite(config, { profile: "embedded", only: [], seed: 1 }, terminal);
  return report;
}

type Unusable = Exclude<
  Awaited<ReturnType<typeof import("../../conformance/index.js").currentReport>>,
  { state: "fresh" }
>;

function whyRun(current: Unusable): string {
  if (current.state === "stale") return `the last report is out of date (${current.reasons.join("; ")})`;
  return current.state === "missing" ? "there is no report yet" : "the last report cannot be read";
}

async function print(
  name: string,
  regressions: readonly Regression[],
  notes: readonly string[],
  terminal: Terminal,
): Promise<void> {
  const { printable } = await import("../model/index.js");
  const { environment } = await import("../host/index.js");
  for (const note of notes) terminal.note(`note: ${printable(note)}`);
  if (regressions.length === 0) terminal.out(`${terminal.paint("green", "no regression")} against ${printable(name)}`);
  for (const { requirement, kind, before, after } of regressions) {
    terminal.out(`${terminal.paint("red", kind.replaceAll("_", " "))} ${printable(requirement)}`.trimEnd());
    terminal.out(`  before  ${printable(before)}`);
    terminal.out(`  after   ${printable(after)}`);
  }
  const { regressionAnnotations, regressionSummary } = await import("../../conformance/index.js");
  const { githubActions, githubStepSummary } = environment();
  if (regressions.length > 0) {
    const count = regressions.length === 1 ? "1 regression" : `${regressions.length} regressions`;
    terminal.out(`${count} against ${printable(name)}`);
    terminal.note("hint: mend it, or where it is meant: a new rev, then lockkeeper baseline --update");
    if (githubActions) terminal.out(regressionAnnotations(regressions).trimEnd());
  }
  if (githubStepSummary !== undefined) {
    const { appendFile } = await import("node:fs/promises");
    await appendFile(githubStepSummary, regressionSummary(name, regressions));
  }
}

/** The value, or the end of the command with its problems. */
export function orFail<T>(
  result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: CommandFailure["problems"] },
): T {
  if (!result.ok) throw new CommandFailure(result.error);
  return result.value;
}
