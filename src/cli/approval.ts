import { type Command, InvalidArgumentError, Option } from "commander";
import { runCommand, type Terminal } from "./terminal.js";

/** Which gateway is asked, and as whom. */
export type GatewayFlags = { readonly url?: string; readonly tokenFile?: string };

/** The flags of `lockkeeper approval request`. */
export type RequestFlags = GatewayFlags & {
  readonly reason: string;
  readonly cwd?: string;
  readonly profile?: string;
  readonly workspace?: string;
  readonly task?: string;
  readonly ttlS?: number;
  readonly breakGlass?: true;
  readonly argv?: true;
};

/** The flags of `lockkeeper approval list`. */
export type ListFlags = GatewayFlags & {
  readonly state?: string;
  readonly requestedBy?: string;
  readonly task?: string;
  readonly reviewDue?: true;
  readonly after?: string;
  readonly limit: number;
};

/** The flags of `lockkeeper approval token`. */
export type TokenFlags = GatewayFlags & { readonly out?: string };

/** What a person can say of an approval. */
export type Verb = "approve" | "reject" | "revoke" | "review";

type Work = typeof import("./approval/ask-for-approvals.js");

const codes = "Exit codes: 0 done; 1 usage, or the gateway does not answer; 2 the gateway refused.";

/** Registers `lockkeeper approval`. */
export function registerApproval(program: Command): void {
  const approval = program
    .command("approval")
    .description("ask a running gateway for approvals, decide them, and have their tokens minted")
    .addHelpText(
      "after",
      `
Who you are is what your Bearer token says: LOCKKEEPER_TOKEN, or a file that --token-file names. The gateway is the one that
--url or LOCKKEEPER_URL names, else http://127.0.0.1:5001.`,
    );
  registerRequest(approval);
  registerList(approval);
  registerShow(approval);
  registerVerb(approval, "approve", "say yes; somebody else than whoever asked has to");
  registerVerb(approval, "reject", "say no");
  registerVerb(approval, "revoke", "take an approval back; its tokens are then good for nothing");
  registerVerb(approval, "review", "say what you found when you looked back at a broken glass");
  registerToken(approval);
}

function registerRequest(approval: Command): void {
  asking(approval.command("request"))
    .description("ask for one exact command to be approved")
    .argument("<command...>", "the command: one text, parsed as the gateway parses it; with --argv, its words")
    .requiredOption("--reason <text>", "why; whoever decides reads it")
    .option("--argv", "take the arguments as the words of the command, and parse nothing")
    .option("--cwd <dir>", "the folder it will run in, as the gateway sees it")
    .option("--profile <name>", "what the command is for")
    .option("--workspace <dir>", "the folder that path arguments must stay in")
    .option("--task <id>", "the unit of work that it belongs to")
    .option("--ttl-s <n>", "seconds that it may be decided and used (default: 900)", whole)
    .option("--break-glass", "an emergency: nobody else has to say yes, and somebody has to look back at it")
    .addHelpText(
      "after",
      `
Examples:
  lockkeeper approval request 'git push origin main' --reason 'release 0.2'
  lockkeeper approval request --argv --reason 'look' -- grep -n 'a b' notes.txt

${codes}`,
    )
    .action((words: string[], flags: RequestFlags, command: Command) =>
      run(command, (work, terminal) => work.request(words, flags, terminal)),
    );
}

function registerList(approval: Command): void {
  asking(approval.command("list"))
    .description("list approvals, newest first; whoever may see only their own sees those")
    .addOption(
      new Option("--state <state>", "only those in this state").choices([
        "pending",
        "approved",
        "rejected",
        "revoked",
        "expired",
        "used",
      ]),
    )
    .option("--requested-by <id>", "only those that somebody asked for")
    .option("--task <id>", "only those of one unit of work")
    .option("--review-due", "only those that somebody has to look back at")
    .option("--limit <n>", "at most this many, 1 to 200", whole, 50)
    .option("--after <cursor>", "go on where a page before ended")
    .addHelpText("after", `\nExample:\n  lockkeeper approval list --state pending\n\n${codes}`)
    .action((flags: ListFlags, command: Command) => run(command, (work, terminal) => work.list(flags, terminal)));
}

function registerShow(approval: Command): void {
  asking(approval.command("show"))
    .description("show what was asked, by whom and why, and what came of it")
    .argument("<id>", "the approval")
    .addHelpText("after", `\nExample:\n  lockkeeper approval show approval-1\n\n${codes}`)
    .action((id: string, flags: GatewayFlags, command: Command) =>
      run(command, (work, terminal) => work.show(id, flags, terminal)),
    );
}

function registerVerb(approval: Command, verb: Verb, description: string): void {
  asking(approval.command(verb))
    .description(description)
    .argument("<id>", "the approval")
    .requiredOption("--reason <text>", "why; it is kept")
    .addHelpText(
      "after",
      `\nExample:\n  lockkeeper approval ${verb} approval-1 --reason 'read it word by word'\n\n${codes}`,
    )
    .action((id: string, flags: GatewayFlags & { readonly reason: string }, command: Command) =>
      run(command, (work, terminal) => work.say(verb, id, flags.reason, flags, terminal)),
    );
}

function registerToken(approval: Command): void {
  asking(approval.command("token"))
    .description("have the capability token of an approved request minted; only whoever asked for it can")
    .argument("<id>", "the approval")
    .option("--out <file>", "write the token there, mode 0600, instead of printing it")
    .addHelpText("after", `\nExample:\n  lockkeeper approval token approval-1 --out run.token\n\n${codes}`)
    .action((id: string, flags: TokenFlags, command: Command) =>
      run(command, (work, terminal) => work.token(id, flags, terminal)),
    );
}

function asking(command: Command): Command {
  return command
    .option("--url <url>", "the gateway to ask (default: LOCKKEEPER_URL, else http://127.0.0.1:5001)")
    .option("--token-file <file>", "a file with your Bearer token (default: LOCKKEEPER_TOKEN)")
    .option("--json", "print one JSON document");
}

function run(command: Command, body: (work: Work, terminal: Terminal) => Promise<number>): Promise<void> {
  return runCommand(command, async (terminal) => body(await import("./approval/ask-for-approvals.js"), terminal));
}

function whole(text: string): number {
  if (/^[1-9][0-9]{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("a whole number from 1 is needed");
}
