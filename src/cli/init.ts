import type { Command } from "commander";
import { CommandFailure, runCommand, type Terminal } from "./terminal.js";

type Flags = { readonly conformance?: true; readonly json?: true };

/** Registers `lockkeeper init`. */
export function registerInit(program: Command): void {
  program
    .command("init")
    .description("start using lockkeeper in a repository; nothing that is there is overwritten")
    .argument("[dir]", "the repository's root", ".")
    .option("--conformance", "write lockkeeper.yaml and a first requirement, for the languages that are found")
    .option("--json", "print what was written as one JSON document")
    .addHelpText(
      "after",
      `
Examples:
  lockkeeper init --conformance            in this folder
  lockkeeper init --conformance ../service --json

Exit codes: 0 written; 1 something is there already, or cannot be written.`,
    )
    .action((dir: string, flags: Flags, command: Command) =>
      runCommand(command, (terminal) => init(dir, flags, terminal)),
    );
}

async function init(dir: string, flags: Flags, terminal: Terminal): Promise<number> {
  if (flags.conformance !== true) {
    const hint = "lockkeeper init --conformance starts the conformance of a repository";
    throw new CommandFailure([{ code: "usage/flag", message: "say what to start", hint }]);
  }
  const { startConformance } = await import("../../conformance/config/index.js");
  const started = startConformance(dir);
  if (!started.ok) throw new CommandFailure(started.error);
  const { languages, written, next } = started.value;
  if (flags.json === true) terminal.out(JSON.stringify({ ok: true, languages, written, next }));
  else {
    for (const file of written) terminal.out(`${terminal.paint("green", "wrote")} ${file}`);
    terminal.out(`for ${languages.join(", ")}. Next:`);
    for (const [index, step] of next.entries()) terminal.out(`  ${index + 1}. ${step}`);
  }
  return 0;
}
