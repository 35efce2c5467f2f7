import { type Command, InvalidArgumentError, Option } from "commander";
import type { ArchiveFlags } from "./audit/archive-log.js";
import type { CheckpointFlags } from "./audit/checkpoint-log.js";
import type { ExportFlags } from "./audit/export-log.js";
import type { ProveFlags } from "./audit/prove-execution.js";
import type { RetainFlags } from "./audit/retain-log.js";
import type { ShowFlags } from "./audit/show-execution.js";
import type { TailFlags } from "./audit/tail-log.js";
import type { VerifyFlags } from "./audit/verify-log.js";
import { runCommand } from "./terminal.js";

/** Registers `lockkeeper audit`. */
export function registerAudit(program: Command): void {
  const audit = program.command("audit").description("verify, read, prove and keep the log of what ran");
  audit.addHelpText(
    "after",
    `
Where the log is: in a gateway's folder, where lockkeeper.yaml and the environment say, with the gateway's keys and witness;
elsewhere, where one of --config, --file, --sqlite and --database-url says.`,
  );
  registerVerify(audit);
  registerShow(audit);
  registerTail(audit);
  registerExport(audit);
  registerProof(audit);
  registerCheckpoint(audit);
  registerArchive(audit);
  registerRetain(audit);
}

function registerVerify(audit: Command): void {
  withKeys(withLog(audit.command("verify").description("say whether the log is what was written, and where it is not")))
    .addOption(witnessOption("a witness to ask: a file or an address; may be given several times"))
    .option("--deep", "read every entry in full, not only the first and the last of each writer")
    .option("--proof <file>", "verify a proof instead, without the log")
    .option("--archive <file>", "verify an archive with the note beside it instead, without the log")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `
Everything is computed anew, from the entries up: the chains, the trees that checkpoints name, signatures, and that
checkpoints grow out of one another. Of each writer the first place is told.

Examples:
  lockkeeper audit verify
  lockkeeper audit verify --sqlite data/lockkeeper.db --keys checkpoint-keys.jwks --witness /mnt/other/checkpoints
  lockkeeper audit verify --proof proof.json --keys checkpoint-keys.jwks

Exit codes: 0 good; 1 usage; 2 changed.`,
    )
    .action((flags: VerifyFlags, command: Command) =>
      runCommand(command, async (terminal) => {
        if (flags.proof !== undefined) {
          return (await import("./audit/prove-execution.js")).verifyProofFile(flags.proof, flags, terminal);
        }
        if (flags.archive !== undefined) {
          return (await import("./audit/archive-log.js")).verifyArchive(flags.archive, flags, terminal);
        }
        return (await import("./audit/verify-log.js")).verifyLog(flags, terminal);
      }),
    );
}

function registerShow(audit: Command): void {
  withLog(audit.command("show").description("retrace one execution, or all that were run under an approval"))
    .argument("<id>", "of the execution or the approval")
    .option("--policies <dir>", "where the rules are, for the lines of those that objected")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `
Who asked, who approved, which bundle and rules decided and where they stand, what ran, under which isolation and limits,
how it ended, and the hashes of what came out. Whether the log is what was written is for "audit verify" to say.

Example:
  lockkeeper audit show 018f5a3e-1c1b-7c11-a7a5-0242ac120002

Exit codes: 0 found; 1 usage, or nothing is recorded; 2 an entry cannot be read.`,
    )
    .action((id: string, flags: ShowFlags, command: Command) =>
      runCommand(command, async (terminal) =>
        (await import("./audit/show-execution.js")).showExecution(id, flags, terminal),
      ),
    );
}

function registerTail(audit: Command): void {
  withLog(audit.command("tail").description("print the newest entries"))
    .addOption(new Option("-n, --lines <count>", "how many").argParser(wholeNumber).default(10))
    .option("-f, --follow", "go on with those that come")
    .option("--json", "print the entries as they are stored, one a line")
    .addHelpText("after", "\nExample:\n  lockkeeper audit tail -n 50 --follow")
    .action((flags: TailFlags, command: Command) =>
      runCommand(command, async (terminal) => (await import("./audit/tail-log.js")).tailLog(flags, terminal)),
    );
}

function registerExport(audit: Command): void {
  withLog(audit.command("export").description("write entries as they are stored, one a line"))
    .option("--from <date>", "from this moment on")
    .option("--to <date>", "before this moment")
    .option("--out <file>", "a new file (default: standard output)")
    .addHelpText(
      "after",
      `
Examples:
  lockkeeper audit export --from 2026-01-01 --to 2026-02-01 --out january.jsonl
  lockkeeper audit export | jq -c 'select(.kind == "intent")'

Exit codes: 0 written; 1 usage; 2 there are lines that are no entries, and they were left out.`,
    )
    .action((flags: ExportFlags, command: Command) =>
      runCommand(command, async (terminal) => (await import("./audit/export-log.js")).exportLog(flags, terminal)),
    );
}

function registerProof(audit: Command): void {
  withKeys(
    withLog(audit.command("prove").description("prove what the log has about an execution, to whoever has the key")),
  )
    .argument("<id>", "of the execution or the approval")
    .option("--out <file>", "a new file (default: standard output)")
    .addHelpText(
      "after",
      `
The proof holds the entries, the newest checkpoint, and what leads from one to the other. It is verified without the log.

Examples:
  lockkeeper audit prove 018f5a3e-1c1b-7c11-a7a5-0242ac120002 > proof.json
  lockkeeper audit verify --proof proof.json --keys checkpoint-keys.jwks

Exit codes: 0 proven; 1 usage; 2 nothing is recorded, no checkpoint covers it, or the log does not hold.`,
    )
    .action((id: string, flags: ProveFlags, command: Command) =>
      runCommand(command, async (terminal) =>
        (await import("./audit/prove-execution.js")).proveExecution(id, flags, terminal),
      ),
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
  lockkeeper audit checkpoint --witness /mnt/other/checkpoints

Exit codes: 0 made, or nothing is new; 1 usage, or a witness could not be told; 2 the log is not what the last one says.`,
    )
    .action((flags: CheckpointFlags, command: Command) =>
      runCommand(command, async (terminal) =>
        (await import("./audit/checkpoint-log.js")).checkpointLog(flags, terminal),
      ),
    );
}

function registerArchive(audit: Command): void {
  withRemoval(
    withKeys(withLog(audit.command("archive").description("move old entries into an archive that verifies alone"))),
  )
    .requiredOption("--before <date>", "entries before this moment")
    .requiredOption("--to <file>", "the archive, a new file; its signed note lies beside it in FILE.note")
    .addOption(witnessOption("a witness to ask and to tell; may be given several times"))
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `
The whole log is verified first, and the archive before anything is removed. A signed checkpoint marks what is archived:
the log verifies without it, and without nothing else. In a database the newest entry of each writer stays, and who removes
is a user of the role lockkeeper_archivist.

Example:
  lockkeeper audit archive --before 2026-01-01 --to archive/2025.jsonl.gz --remove

Exit codes: 0 done, or nothing is old enough; 1 usage, or a witness could not be told; 2 the log was changed.`,
    )
    .action((flags: ArchiveFlags, command: Command) =>
      runCommand(command, async (terminal) => (await import("./audit/archive-log.js")).archiveOld(flags, terminal)),
    );
}

function registerRetain(audit: Command): void {
  withRemoval(
    withKeys(withLog(audit.command("retain").description("archive what is old, and remove archives that are older"))),
  )
    .requiredOption("--archives <dir>", "the folder of archives")
    .addOption(
      new Option("--live-days <days>", "how long entries stay in the log (default: as configured, or 30)").argParser(
        wholeNumber,
      ),
    )
    .addOption(
      new Option("--archive-days <days>", "how long they stay archived then (default: as configured, or 90)").argParser(
        wholeNumber,
      ),
    )
    .addOption(
      listOption("--hold <from..to=reason>", "keep archives with entries of this time; may be given several times"),
    )
    .addOption(witnessOption("a witness to ask and to tell; may be given several times"))
    .option("--apply", "do it; without, only say what would be done")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `
Examples:
  lockkeeper audit retain --archives archive
  lockkeeper audit retain --archives archive --hold 2026-01-05..=incident-7 --remove --apply

Exit codes: 0 done or said; 1 usage, or an archive whose note cannot be vouched for; 2 the log was changed.`,
    )
    .action((flags: RetainFlags, command: Command) =>
      runCommand(command, async (terminal) => (await import("./audit/retain-log.js")).retainLog(flags, terminal)),
    );
}

function withLog(command: Command): Command {
  return command
    .option("--config <file>", "of the gateway whose log it is (default: lockkeeper.yaml here)")
    .option("--file <file>", "the log as a JSONL file; its checkpoints lie beside it in FILE.checkpoints")
    .option("--sqlite <file>", "the log in a SQLite file")
    .option("--database-url <url>", "the log in PostgreSQL; keep a password in PGPASSWORD, not here");
}

function withRemoval(command: Command): Command {
  return command
    .option("--remove", "remove from the log what is archived; nobody may append to a log in a file meanwhile")
    .option("--archivist-url <url>", "a user of PostgreSQL who may remove what is archived");
}

function withKeys(command: Command): Command {
  return command
    .option("--keys <file>", "the key file, a JWKS with public keys, or a public key in PEM (default: the gateway's)")
    .option("--origin <name>", "the name that checkpoints are signed under", "lockkeeper/audit");
}

function witnessOption(description: string): Option {
  return listOption("--witness <where>", description);
}

function listOption(flags: string, description: string): Option {
  return new Option(flags, description)
    .argParser((value: string, values: string[]) => [...values, value])
    .default([], "none");
}

function wholeNumber(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("a whole number is expected.");
}
