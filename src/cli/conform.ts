import { type Command, InvalidArgumentError, Option } from "commander";
import type { Config, Conformance } from "../../conformance/index.js";
import { CommandFailure, runCommand, type Terminal } from "./terminal.js";

type Flags = {
  readonly profile: "embedded" | "full";
  readonly only: readonly string[];
  readonly seed: number;
  readonly target?: string;
  readonly targetConfig?: string;
  readonly json?: true;
};

/** Registers `lockkeeper conform`. */
export function registerConform(program: Command): void {
  program
    .command("conform")
    .description("run the conformance suite and write the report")
    .addOption(new Option("--profile <name>", "what may be used").choices(["embedded", "full"]).default("embedded"))
    .option("--only <id...>", "judge these requirements alone", [])
    .option("--seed <n>", "seed of the property attacks", wholeNumber, 1)
    .option("--target <url>", "ask a running gateway over HTTP instead; `self` for one that is started for it")
    .option("--target-config <file>", "how that gateway gives tokens, and what it can be asked (docs/target.md)")
    .option("--json", "print the canonical report instead of the summary")
    .addHelpText(
      "after",
      `
Examples:
  lockkeeper conform                     everything; the report is in reports/
  lockkeeper conform --only EXE-15       one requirement
  lockkeeper conform --seed 7 --json     other inputs, machine-readable
  lockkeeper conform --target self       this gateway, over HTTP; the report is in reports/target/
  lockkeeper conform --target https://gateway.example --target-config target.yaml

Exit codes: 0 pass, 1 usage or internal error, 2 conformance or test failure, 3 surviving mutant on a MUST,
5 spec regression or stale evidence, 6 expired or orphaned waiver, 7 empty or unverified.`,
    )
    .action((flags: Flags, command: Command) =>
      runCommand(command, async (terminal) => {
        const { target, targetConfig } = flags;
        if (target === undefined && targetConfig === undefined) return run(flags, terminal);
        const { conformTarget } = await import("./conform/conform-target.js");
        return conformTarget({ target, targetConfig, only: flags.only, json: flags.json === true }, terminal);
      }),
    );
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError("a whole number from 0 is needed");
  return value;
}

async function run(flags: Flags, terminal: Terminal): Promise<number> {
  const { canonicalJson, readConfig, stepSummary, githubAnnotations, terminalSummary } = await import(
    "../../conformance/index.js"
  );
  const { appendFile } = await import("node:fs/promises");
  const { join } = await import("node:path");
  const { environment } = await import("../host/index.js");
  const config = await readConfig(process.cwd());
  if (!config.ok) throw new CommandFailure(config.error);
  const { report, sources } = await conformAndWrite(config.value, flags, terminal);
  if (flags.json === true) terminal.out(canonicalJson(report).trimEnd());
  else {
    terminal.out(terminalSummary(report, sources, { colour: terminal.colour }));
    terminal.out(`report: ${join(config.value.reports, "report.html")}`);
  }
  const { githubActions, githubStepSummary } = environment();
  if (githubActions && flags.json !== true) terminal.out(githubAnnotations(report, sources));
  if (githubStepSummary !== undefined) await appendFile(githubStepSummary, stepSummary(report));
  return report.exit_code;
}

/** Runs the suite and writes the report in every format: what `conform` does before it prints. */
export async function conformAndWrite(
  config: Config,
  flags: Pick<Flags, "profile" | "only" | "seed">,
  terminal: Terminal,
): Promise<Conformance> {
  const { conform, writeReports } = await import("../../conformance/index.js");
  const { join } = await import("node:path");
  const { systemClock } = await import("../host/index.js");
  const startedMs = systemClock.nowMs();
  const ran = await conform(config, {
    profile: flags.profile,
    only: flags.only,
    seed: flags.seed,
    today: new Date(startedMs).toISOString().slice(0, 10),
    progress: terminal.progress,
  });
  if (!ran.ok) throw new CommandFailure(ran.error);
  const { report, sources, phases } = ran.value;
  const facts = {
    started_at: new Date(startedMs).toISOString(),
    duration_ms: systemClock.nowMs() - startedMs,
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    phases: [...phases],
  };
  const written = await writeReports(join(config.root, config.reports), report, facts, sources);
  if (!written.ok) throw new CommandFailure([written.error]);
  return ran.value;
}
