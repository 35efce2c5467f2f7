import type { Command } from "commander";
import type { ConfigFlags } from "./serve.js";
import { runCommand } from "./terminal.js";

/** Registers `lockkeeper doctor`. */
export function registerDoctor(program: Command): void {
  program
    .command("doctor")
    .description("look at what a gateway needs: configuration, keys, policies, stores, isolation, clock")
    .option("--config <file>", "the configuration (default: lockkeeper.yaml here)")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `
Nothing is changed but a database file that is not there yet. Each check says what it found and, where it failed, what to do.

Examples:
  lockkeeper doctor
  lockkeeper doctor --config /etc/lockkeeper/lockkeeper.yaml --json

Exit codes: 0 a gateway can start here; 1 usage or configuration; 2 something that it needs is missing.`,
    )
    .action((flags: ConfigFlags, command: Command) =>
      runCommand(command, async (terminal) => (await import("./doctor/examine.js")).examine(flags, terminal)),
    );
}
