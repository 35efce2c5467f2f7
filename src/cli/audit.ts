import { type Command, Option } from "commander";
import type { CheckpointFlags } from "./audit/checkpoint-log.js";
import type { VerifyFlags } from "./audit/verify-log.js";
import { runCommand } from "./terminal.js";

/** Registers `lockkeeper audit`. */
export function registerAudit(program: Command): void {
  const audit = program.command("audit").description("verify, read, prove and keep the log of what ran");
  registerVerify(audit);
  registerCheckpoint(audit);
}

function registerVerify(audit: Command): void {
  withKeys(withLog(audit.command("verify").description("say whether the log is what was written, and where it is not")))
    .addOption(witnessOption("a witness to ask: a file or an address; may be given several times"))
    .option("--deep", "read every entry in full, not only the first and the last of each writer")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `
Everything is computed anew, from the entries up: the chains, the trees that checkpoints name, signatures, and that
checkpoints grow out of one another. Of each writer the first place is told.

Examples:
  lockkeeper audit verify --file data/execution_audit.jsonl
  lockkeeper audit verify --sqlite data/lockkeeper.db --keys checkpoint-keys.jwks --witness /mnt/other/checkpoints

Exit codes: 0 good; 1 usage; 2 the log was changed.`,
    )
    .action((flags: VerifyFlags, command: Command) =>
      runCommand(command, async (terminal) => (await import("./audit/verify-log.js")).verifyLog(flags, terminal)),
    );
}

function registerCheckpoint(audit: Command): void {
  withKeys(withLog(audit.command("checkpoint").description("sign how far the log has come, now")))
    .addOption(witnessOption("a witness to tell: a file or an address; may be given several times"))
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `
Example:
  lockkeeper audit checkpoint --file data/execution_audit.jsonl --witness /mnt/other/checkpoints

Exit codes: 0 made, or nothing is new; 1 usage, or a witness could not be told; 2 the log is not what the last one says.`,
    )
    .action((flags: CheckpointFlags, command: Command) =>
      runCommand(command, async (terminal) =>
        (await import("./audit/checkpoint-log.js")).checkpointLog(flags, terminal),
      ),
    );
}

function withLog(command: Command): Command {
  return command
    .option("--file <file>", "the log as a JSONL file; its checkpoints lie beside it in FILE.checkpoints")
    .option("--sqlite <file>", "the log in a SQLite file");
}

function withKeys(command: Command): Command {
  return command
    .option("--keys <file>", "the key file, a JWKS with public keys, or a public key in PEM")
    .option("--origin <name>", "the name that checkpoints are signed under", "lockkeeper/audit");
}

function witnessOption(description: string): Option {
  return new Option("--witness <where>", description)
    .argParser((place: string, places: string[]) => [...places, place])
    .default([], "none");
}
