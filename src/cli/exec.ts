import { type Command, InvalidArgumentError } from "commander";
import { CommandFailure, runCommand, type Terminal } from "./terminal.js";

/** The flags of `lockkeeper exec`. */
export type ExecFlags = {
  readonly profile: string;
  readonly command?: string;
  readonly cwd?: string;
  readonly workspace?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: true;
  readonly timeoutMs?: number;
  readonly policies?: string;
  readonly audit?: string;
  readonly decisionLog?: string;
  readonly json?: true;
};

/** Registers `lockkeeper exec`. */
export function registerExec(program: Command): void {
  program
    .command("exec")
    .description("decide whether a command may run, and run it if it may")
    .argument("[words...]", "the command: its words after --, as they are")
    .option("--profile <name>", "what the command is for", "readonly")
    .option("-c, --command <text>", "the command as one text, read by our own parser: words and quotes only")
    .option("--cwd <dir>", "the folder to run it in (default: this one)")
    .option("--workspace <dir>", "the folder that its path arguments must stay in (default: the one to run in)")
    .option("--env <name=value>", "an environment variable that it asks for; may be repeated", variable)
    .option("--stdin", "give it our standard input, read to its end first (default: it gets none)")
    .option("--timeout-ms <n>", "end it after this time; policy may allow less", positive)
    .option("--policies <dir>", "the policies to obey (default: those of this program, never the folder's)")
    .option("--audit <file>", "where each execution is recorded (default: .lockkeeper/audit/exec.jsonl)")
    .option("--decision-log <file>", "append each decision in the format of OPA's decision logs")
    .option("--json", "answer with one JSON object instead of the command's own output")
    .addHelpText(
      "after",
      `
Examples:
  lockkeeper exec -- git log --oneline -5
  lockkeeper exec --profile build --json -- npm test
  lockkeeper exec -c "grep -rn 'TODO' src"

Exit codes: the command's own where it ran to its end; 128 and its number where a signal ended it; 124 it took too long;
125 it wrote too much; 126 refused, nothing ran; 1 usage or internal error, nothing ran. --json tells them apart.`,
    )
    .action((words: string[], flags: ExecFlags, command: Command) =>
      runCommand(command, (terminal) => run(words, flags, terminal)),
    );
}

async function run(words: readonly string[], flags: ExecFlags, terminal: Terminal): Promise<number> {
  if (words.length > 0 === (flags.command !== undefined)) {
    const hint = "lockkeeper exec -- git status, or lockkeeper exec -c 'git status'";
    throw new CommandFailure([{ code: "usage/missing", message: "give the command once, after -- or with -c", hint }]);
  }
  const { execute } = await import("./exec/execute.js");
  return execute(flags.command ?? words, flags, terminal);
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError("a whole number from 1 is needed");
  return value;
}

function variable(text: string, before: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("NAME=VALUE is needed");
  const name = text.slice(0, at);
  if (Object.hasOwn(before, name)) throw new InvalidArgumentError(`${name} is given twice`);
  return { ...before, [name]: text.slice(at + 1) };
}
