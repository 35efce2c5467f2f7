import type { Command } from "commander";
import { runCommand } from "./terminal.js";

/** The flags of commands that read the gateway's configuration. */
export type ConfigFlags = { readonly config?: string };

/** Registers `lockkeeper serve`. */
export function registerServe(program: Command): void {
  program
    .command("serve")
    .description("run the gateway: what is approved and allowed runs, and everything is recorded")
    .option("--config <file>", "the configuration (default: lockkeeper.yaml here)")
    .addHelpText(
      "after",
      `
"lockkeeper init --gateway" writes a configuration with fresh keys. The environment goes over the file: LOCKKEEPER_HOST,
LOCKKEEPER_PORT, LOCKKEEPER_KEYS or LOCKKEEPER_KEYS_JSON, LOCKKEEPER_POLICIES, LOCKKEEPER_DATA, LOCKKEEPER_STORE,
AUDIT_STORAGE, DATABASE_URL, REDIS_URL, LOCKKEEPER_LOG.

Signals: SIGHUP takes keys and policies from their files again; SIGTERM and SIGINT let what runs end, then stop.

Examples:
  lockkeeper serve
  LOCKKEEPER_PORT=8443 lockkeeper serve --config /etc/lockkeeper/lockkeeper.yaml

Exit codes: 0 stopped by a signal; 1 it could not start, and why.`,
    )
    .action((flags: ConfigFlags, command: Command) =>
      runCommand(command, async (terminal) => {
        (await import("./serve/small-heap.js")).keepHeapSmall();
        return (await import("./serve/run-gateway.js")).runGateway(flags, terminal);
      }),
    );
}
