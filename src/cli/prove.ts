import type { Command } from "commander";
import type { Proven } from "../../conformance/index.js";
import { CommandFailure, runCommand, type Terminal } from "./terminal.js";

type Flags = { readonly all?: true; readonly json?: true };

/** Registers `lockkeeper prove`. */
export function registerProve(program: Command): void {
  program
    .command("prove")
    .description("break the cited lines, record who noticed, and say what survived")
    .argument("[id...]", "requirements to prove; all in force without any")
    .option("--all", "prove again what stands")
    .option("--json", "one JSON object")
    .addHelpText(
      "after",
      `
Proofs are recorded in proof.json of the specs. One stands while the cited lines, and the tests and cases that noticed,
are as they were; only what is missing, stale or survived is tried. Rego is broken by "lockkeeper policy mutate".

Examples:
  lockkeeper prove                 everything in force that is not proven
  lockkeeper prove EXE-15 HAR-03   these requirements
  lockkeeper prove --all           everything again, which takes minutes

Exit codes: 0 everything asked for is proven; 1 usage or internal error; 3 a mutant on a MUST survived;
7 something could not be proven.`,
    )
    .action((ids: readonly string[], flags: Flags, command: Command) =>
      runCommand(command, (terminal) => run(ids, flags, terminal)),
    );
}

async function run(ids: readonly string[], flags: Flags, terminal: Terminal): Promise<number> {
  const { prove, readConfig } = await import("../../conformance/index.js");
  const config = await readConfig(process.cwd());
  if (!config.ok) throw new CommandFailure(config.error);
  const proven = await prove(config.value, { ids, all: flags.all === true, progress: terminal.progress });
  if (!proven.ok) throw new CommandFailure(proven.error);
  const exitCode = exitCodeOf(proven.value);
  if (flags.json === true) terminal.out(JSON.stringify({ ok: exitCode === 0, ...proven.value }));
  else await print(proven.value, terminal);
  return exitCode;
}

/** 3 where a mutant of a MUST survived, 7 where something could not be proven or nothing was asked. */
function exitCodeOf({ proofs }: Proven): number {
  if (proofs.some(({ level, state }) => level === "MUST" && state === "survived")) return 3;
  const open = proofs.some(({ level, state }) => level === "MUST" && state !== "killed");
  return open || proofs.length === 0 ? 7 : 0;
}

/** Survivors that a terminal is shown of one place. */
const maxShown = 5;

async function print({ proofs, tried }: Proven, terminal: Terminal): Promise<void> {
  const { printable } = await import("../model/index.js");
  for (const { requirement, state, result } of proofs) {
    const { killed = 0, survived = 0, equivalent = 0, places = [] } = result ?? {};
    const style = state === "killed" ? "green" : state === "survived" ? "red" : "yellow";
    const counts = `${killed} killed, ${survived} survived${equivalent > 0 ? `, ${equivalent} equivalent` : ""}`;
    terminal.out(`${terminal.paint(style, state.padEnd(8))} ${requirement}  ${counts}`);
    for (const place of places.filter((one) => one.state !== "killed")) {
      terminal.out(printable(`  ${place.state.padEnd(8)} ${place.kind} ${place.name}  ${place.file}:${place.row}`));
      const survivors = place.mutants.filter(({ diff }) => diff !== undefined);
      for (const { row, mutator, why = "", diff = "" } of survivors.slice(0, maxShown)) {
        terminal.out(printable(`    ${place.file}:${row} ${mutator}: ${why}`));
        for (const line of diff.split("\n")) terminal.out(printable(`      ${line}`));
      }
      const more = place.survived - Math.min(survivors.length, maxShown);
      if (more > 0) terminal.out(`    and ${more} more; the report shows them`);
    }
  }
  const sum = (key: "killed" | "survived") => proofs.reduce((total, { result }) => total + (result?.[key] ?? 0), 0);
  const [killed, survived] = [sum("killed"), sum("survived")];
  const share = killed + survived === 0 ? "none" : `${((killed / (killed + survived)) * 100).toFixed(1)} %`;
  const done = proofs.filter(({ state }) => state === "killed").length;
  terminal.out(`${done} of ${proofs.length} requirements proven, ${share} of mutants killed, ${tried} places tried`);
}
