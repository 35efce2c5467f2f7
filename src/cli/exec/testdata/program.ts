// The command line with nothing but `exec`.
import { Command } from "commander";
import { registerExec } from "../../exec.js";

const program = new Command("lockkeeper").option("--debug");
registerExec(program);
await program.parseAsync(process.argv.slice(2), { from: "user" });
