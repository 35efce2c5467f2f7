import type { Command } from "commander";
import { runCommand } from "./terminal.js";

/** The flags of `lockkeeper command check`. */
export type CheckFlags = {
  readonly profile: string;
  readonly cwd?: string;
  readonly workspace?: string;
  readonly policies?: string;
  readonly decisionLog?: string;
  readonly json?: true;
};

/** Registers `lockkeeper command`. */
export function registerCommand(program: Command): void {
  const command = program.command("command").description("explain what the rules say of commands, without running any");
  command
    .command("check")
    .description("decide about one command, or about one on each line of standard input")
    .argument("[text]", "the command as one text; without it, each line is a JSON string or an object with `command`")
    .option("--profile <name>", "what the commands are for", "readonly")
    .option("--cwd <dir>", "the folder that they would run in (default: this one)")
    .option("--workspace <dir>", "the folder that path arguments must stay in (default: the one to run in)")
    .option("--policies <dir>", "the policies to ask")
    .option("--decision-log <file>", "append each decision in the format of OPA's decision logs")
    .option("--json", "one JSON object per decision")
    .addHelpText(
      "after",
      `
Examples:
  lockkeeper command check 'git log --oneline -5'
  lockkeeper command check --profile build 'npm test'
  jq -c .command history.jsonl | lockkeeper command check --json > decisions.jsonl

A line of input is "git status", {"command": "git status"} or {"argv": ["git", "status"]}, each with an optional "profile".
Exit codes: one command: 0 allowed, 2 refused. Many: 0 all were decided. 1 usage or internal error.`,
    )
    .action((text: string | undefined, flags: CheckFlags, self: Command) =>
      runCommand(self, async (terminal) => {
        const { checkOne, checkLines } = await import("./command/check-command.js");
        return text === undefined ? checkLines(process.stdin, flags, terminal) : checkOne(text, flags, terminal);
      }),
    );
}
