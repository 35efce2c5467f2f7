import { readFileSync } from "node:fs";
import { findPackageJSON } from "node:module";
import { Command } from "commander";
import { registerApproval } from "./approval.js";
import { registerAudit } from "./audit.js";
import { registerBaseline } from "./baseline.js";
import { registerCommand } from "./command.js";
import { registerCompletion } from "./completion.js";
import { registerConform } from "./conform.js";
import { registerDoctor } from "./doctor.js";
import { registerExec } from "./exec.js";
import { registerHygiene } from "./hygiene.js";
import { registerInit } from "./init.js";
import { registerKeys } from "./keys.js";
import { registerPacket } from "./packet.js";
import { registerPolicy } from "./policy.js";
import { registerProve } from "./prove.js";
import { registerRegress } from "./regress.js";
import { registerReport } from "./report.js";
import { registerResults } from "./results.js";
import { registerServe } from "./serve.js";
import { registerToken } from "./token.js";
import { registerValidate } from "./validate.js";

/**
 * Runs the command line. Each `register…` only describes flags; what does the work is imported when it is called,
 * so that `--help` stays quick.
 *
 * @param args - the words after the program's name
 */
export async function main(args: readonly string[]): Promise<void> {
  const program = new Command("lockkeeper")
    .description("Decides in Rego what may run, runs it, and proves that it does.")
    .version(version())
    .option("--debug", "show where an error comes from")
    .showHelpAfterError("(run with --help to see what is understood)")
    .exitOverride();
  registerExec(program);
  registerServe(program);
  registerResults(program);
  registerDoctor(program);
  registerCommand(program);
  registerPolicy(program);
  registerInit(program);
  registerConform(program);
  registerProve(program);
  registerHygiene(program);
  registerRegress(program);
  registerBaseline(program);
  registerReport(program);
  registerPacket(program);
  registerValidate(program);
  registerKeys(program);
  registerToken(program);
  registerApproval(program);
  registerAudit(program);
  registerCompletion(program);
  // A reader that has gone (`| head`) has seen enough: no failure of ours, and nothing to print about it.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit();
  });
  try {
    await program.parseAsync([...args], { from: "user" });
  } catch (error) {
    process.exitCode = exitCodeOf(error);
  }
}

/** Asked of Node: the host room knows the package too, but brings all contracts with it, and `--help` has to be quick. */
function version(): string {
  const file = findPackageJSON(import.meta.url);
  const parsed: unknown = file === undefined ? undefined : JSON.parse(readFileSync(file, "utf8"));
  return typeof parsed === "object" && parsed !== null && "version" in parsed ? String(parsed.version) : "unknown";
}

/** commander throws to leave: 0 for help and version, 1 for a word it does not know. */
function exitCodeOf(error: unknown): number {
  if (typeof error === "object" && error !== null && "exitCode" in error && typeof error.exitCode === "number") {
    return error.exitCode;
  }
  throw error;
}
