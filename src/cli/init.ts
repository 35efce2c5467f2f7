import type { Command } from "commander";
import { CommandFailure, runCommand, type Terminal } from "./terminal.js";

type Flags = { readonly conformance?: true; readonly json?: true };

/** Registers `lockkeeper init`. */
export function registerInit(program: Command): void {
  program
    .command("init")
    .description("start a gateway, or the conformance of a repository; nothing that is there is overwritten")
    .argument("[dir]", "the folder", ".")
    .option("--conformance", "write lockkeeper.yaml and a first requirement, for the languages that are found")
    .option("--json", "print what was written as one JSON document")
    .addHelpText(
      "after",
      `
Without flags it writes a gateway's configuration, fresh keys and a workspace.

Examples:
  lockkeeper init                          a gateway in this folder
  lockkeeper init --conformance            the conformance of the repository in this folder
  lockkeeper init --conformance ../service --json

Exit codes: 0 written; 1 something is there already, or cannot be written.`,
    )
    .action((dir: string, flags: Flags, command: Command) =>
      runCommand(command, (terminal) => init(dir, flags, terminal)),
    );
}

async function init(dir: string, flags: Flags, terminal: Terminal): Promise<number> {
  const { written, next, languages } = flags.conformance === true ? await conformance(dir) : await gateway(dir);
  if (flags.json === true) {
    terminal.out(JSON.stringify({ ok: true, ...(languages === undefined ? {} : { languages }), written, next }));
    return 0;
  }
  for (const file of written) terminal.out(`${terminal.paint("green", "wrote")} ${file}`);
  terminal.out(languages === undefined ? "Next:" : `for ${languages.join(", ")}. Next:`);
  for (const [index, step] of next.entries()) terminal.out(`  ${index + 1}. ${step}`);
  return 0;
}

type Started = {
  readonly written: readonly string[];
  readonly next: readonly string[];
  readonly languages?: readonly string[];
};

async function conformance(dir: string): Promise<Started> {
  const { startConformance } = await import("../../conformance/config/index.js");
  const started = startConformance(dir);
  if (!started.ok) throw new CommandFailure(started.error);
  return started.value;
}

async function gateway(dir: string): Promise<Started> {
  const { startGatewayFolder } = await import("./init/start-gateway-folder.js");
  const started = startGatewayFolder(dir);
  if (!started.ok) throw new CommandFailure(started.error);
  return started.value;
}
