import { hash } from "node:crypto";
import canonicalize from "canonicalize";

/** What will run, in full: the argv, where, with which environment, and the SHA-256 of its standard input. */
export type CommandToRun = {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly stdin_sha256: string | null;
};

/**
 * The canonical JSON (RFC 8785) of a command: the same bytes for the same command, whatever the order of its keys.
 *
 * @throws TypeError where a string holds a lone surrogate, which has no UTF-8 form
 */
export function canonicalCommand({ argv, cwd, env, stdin_sha256 }: CommandToRun): string {
  const text = canonicalize({ argv, cwd, env, stdin_sha256 });
  if (text === undefined || !text.isWellFormed()) throw new TypeError("the command is not well-formed Unicode");
  return text;
}

/**
 * The `cmd_hash` that tokens and approvals are bound to: SHA-256 over the canonical command, 64 hexadecimal digits.
 *
 * @requirement EXE-07
 */
export function commandHash(command: CommandToRun): string {
  return hash("sha256", canonicalCommand(command), "hex");
}
