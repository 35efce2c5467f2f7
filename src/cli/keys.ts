import { type Command, Option } from "commander";
import { runCommand } from "./terminal.js";

/** Where the keys lie unless said otherwise. */
export const defaultKeyFile = ".lockkeeper/keys.json";

/** The flags of `lockkeeper keys …`. */
export type KeysFlags = {
  readonly keys: string;
  readonly purpose?: "capability" | "bearer" | "checkpoint";
  readonly algorithm?: "EdDSA" | "ES256" | "HS256";
  readonly stolen?: true;
};

/** Registers `lockkeeper keys`. */
export function registerKeys(program: Command): void {
  const keys = program
    .command("keys")
    .description("make, replace and list the keys that tokens and checkpoints are signed with");
  registerGenerate(keys);
  registerRotate(keys);
  keys
    .command("list")
    .description("list the keys: id, algorithm, purpose, state, times; never a private half")
    .addOption(fileOption())
    .option("--json", "print one JSON document, with the public halves")
    .addHelpText(
      "after",
      `
Example:
  lockkeeper keys list --keys /etc/lockkeeper/keys.json

A key is current (it signs), retiring (it verifies what it signed until its time) or retired (it verifies nothing).
Exit codes: 0 listed; 1 usage, or a key file that is missing, open to others, weak or malformed.`,
    )
    .action((flags: KeysFlags, command: Command) =>
      runCommand(command, async (terminal) => (await import("./keys/key-commands.js")).list(flags, terminal)),
    );
}

function registerGenerate(keys: Command): void {
  keys
    .command("generate")
    .description("make the keys that are not there yet")
    .addOption(fileOption())
    .addOption(purposeOption("make one for this alone (default: for each that has none)"))
    .addOption(algorithmOption("what to sign with; checkpoints always with EdDSA").default("EdDSA"))
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `
Examples:
  lockkeeper keys generate
  lockkeeper keys generate --keys /etc/lockkeeper/keys.json --purpose bearer --algorithm HS256

The file is a JWKS with private keys, mode 0600. Each key is for one purpose and one algorithm.
Exit codes: 0 made; 1 usage, there are keys already, or the file cannot be used.`,
    )
    .action((flags: KeysFlags, command: Command) =>
      runCommand(command, async (terminal) => (await import("./keys/key-commands.js")).generate(flags, terminal)),
    );
}

function registerRotate(keys: Command): void {
  keys
    .command("rotate")
    .description("put new keys in the place of the current ones")
    .addOption(fileOption())
    .addOption(purposeOption("replace this one alone (default: each that is there)"))
    .addOption(algorithmOption("what the new one signs with (default: what the old one did)"))
    .option("--stolen", "the old key verifies nothing from now on; its tokens go with it")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `
Examples:
  lockkeeper keys rotate
  lockkeeper keys rotate --purpose bearer --stolen

The old key verifies until its tokens' longest life is past, then it is dropped; that of checkpoints stays. Its private half is
forgotten at once. A running gateway goes on with the keys it has read until it reads them again.
Exit codes: 0 replaced; 1 usage, nothing to replace, or the file cannot be used.`,
    )
    .action((flags: KeysFlags, command: Command) =>
      runCommand(command, async (terminal) => (await import("./keys/key-commands.js")).rotate(flags, terminal)),
    );
}

function fileOption(): Option {
  return new Option("--keys <file>", "the key file").default(defaultKeyFile);
}

function purposeOption(about: string): Option {
  return new Option("--purpose <name>", about).choices(["capability", "bearer", "checkpoint"]);
}

function algorithmOption(about: string): Option {
  return new Option("--algorithm <name>", about).choices(["EdDSA", "ES256", "HS256"]);
}
