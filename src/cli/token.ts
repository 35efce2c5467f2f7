import { type Command, InvalidArgumentError, Option } from "commander";
import { defaultKeyFile } from "./keys.js";
import { runCommand } from "./terminal.js";

/** The flags of `lockkeeper token mint`. */
export type MintFlags = {
  readonly keys: string;
  readonly approval?: string;
  readonly lifeS?: number;
  readonly role?: string;
  readonly pilot?: string;
  readonly expiresMinutes: number;
  readonly out?: string;
};

/** The flags of `lockkeeper token inspect` and `verify`. */
export type ReadFlags = { readonly keys: string; readonly file?: string; readonly as: "capability" | "bearer" };

const warning = `
A token in the arguments is seen by everyone on the machine and stays in the shell's history: give it on standard input, or in a
file.`;

/** Registers `lockkeeper token`. */
export function registerToken(program: Command): void {
  const token = program.command("token").description("mint, look into and verify tokens");
  registerMint(token);
  registerInspect(token);
  registerVerify(token);
}

function registerMint(token: Command): void {
  token
    .command("mint")
    .description("mint the capability token of an approval, or a bearer token with a role")
    .argument("[approval-id]", "the approval to mint the token of")
    .addOption(fileOption())
    .option(
      "--approval <file>",
      "the approval as JSON, as `lockkeeper approval show --json` prints it; - for standard input",
    )
    .option("--life-s <n>", "seconds that a capability lives, 1 to 300 (default: 60)", whole)
    .option("--role <name>", "mint a bearer token with this role instead")
    .option("--pilot <id>", "whom the bearer token is for")
    .option("--expires-minutes <n>", "minutes that a bearer token lives, at most 10 080", whole, 60)
    .option("--out <file>", "write the token there, mode 0600, instead of printing it")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `
Whoever holds the key file can mint. Where a gateway runs, ask it instead: lockkeeper approval token ID.

Examples:
  lockkeeper approval show approval-1 --json | lockkeeper token mint approval-1 --approval -
  lockkeeper token mint --role ADMIN --pilot ann --expires-minutes 480 --out ann.token

Exit codes: 0 minted; 1 usage, keys that cannot be used, or a role that is not known; 2 the approval does not stand.`,
    )
    .action((id: string | undefined, flags: MintFlags, command: Command) =>
      runCommand(command, async (terminal) => (await import("./token/mint.js")).mint(id, flags, terminal)),
    );
}

function registerInspect(token: Command): void {
  token
    .command("inspect")
    .description("show what a token says, without verifying anything")
    .argument("[token]", "the token; better given on standard input")
    .option("--file <file>", "read it from a file")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `${warning}

Example:
  lockkeeper token inspect < ann.token

Exit codes: 0 shown; 1 usage; 2 it is no token.`,
    )
    .action((text: string | undefined, flags: ReadFlags, command: Command) =>
      runCommand(command, async (terminal) => (await import("./token/read.js")).inspect(text, flags, terminal)),
    );
}

function registerVerify(token: Command): void {
  token
    .command("verify")
    .description("verify a token, or one on each line of standard input: signature, form, times")
    .argument("[token]", "the token; better given on standard input")
    .addOption(fileOption())
    .option("--file <file>", "read them from a file, one a line")
    .addOption(new Option("--as <kind>", "what they must be").choices(["capability", "bearer"]).default("capability"))
    .option("--json", "one JSON object a line")
    .addHelpText(
      "after",
      `${warning}

One verdict a line: good, or refused with its reason (missing, malformed, forged, expired, not_yet_valid, wrong_binding). Whether a
token was used or revoked, and what it is bound to, is for the gateway to say.

Examples:
  lockkeeper token verify < capability.token
  lockkeeper token verify --as bearer --json --file tokens.txt

Exit codes: 0 all are good; 1 usage, or keys that cannot be used; 2 one was refused.`,
    )
    .action((text: string | undefined, flags: ReadFlags, command: Command) =>
      runCommand(command, async (terminal) => (await import("./token/read.js")).verify(text, flags, terminal)),
    );
}

function fileOption(): Option {
  return new Option("--keys <file>", "the key file").default(defaultKeyFile);
}

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError("a whole number from 1 is needed");
  return value;
}
