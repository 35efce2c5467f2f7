import type { Command } from "commander";
import type { Config } from "../../conformance/index.js";
import { orFail, reportNow } from "./regress.js";
import { CommandFailure, runCommand, type Terminal } from "./terminal.js";

type Flags = { readonly update?: true; readonly check?: true; readonly run?: boolean; readonly json?: true };

/** Registers `lockkeeper baseline`. */
export function registerBaseline(program: Command): void {
  program
    .command("baseline")
    .description("write down how every requirement stands, for later runs to be compared with")
    .option("--update", "write the baseline, and say what worse it accepts")
    .option("--check", "write nothing; exit 5 where the baseline is missing, edited or not what would be written")
    .option("--run", "run the conformance suite even if the last report is up to date")
    .option("--no-run", "never run it: a report that is missing or out of date ends the command")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `
The baseline is baseline.json in the folder of the specs. Commit it; "lockkeeper conform" compares with it, and review
shows what a change accepts. It carries a digest: write it with this command only.

Examples:
  lockkeeper baseline --update     accept how things stand
  lockkeeper baseline --check      is the committed baseline up to date?

Exit codes: 0 done, or up to date; 1 usage or internal error; 5 not up to date.`,
    )
    .action((flags: Flags, command: Command) => runCommand(command, (terminal) => baseline(flags, terminal)));
}

async function baseline(flags: Flags, terminal: Terminal): Promise<number> {
  if (flags.update !== true && flags.check !== true) {
    const hint = "say --update to write the baseline, --check to compare";
    throw new CommandFailure([{ code: "usage/flag", message: "nothing to do", hint }]);
  }
  const lib = await import("../../conformance/index.js");
  const { readFile, writeFile } = await import("node:fs/promises");
  const { join } = await import("node:path");
  const { printable } = await import("../model/index.js");
  const config: Config = orFail(await lib.readConfig(process.cwd()));
  const file = lib.baselinePath(config);
  const path = join(config.root, file);
  const before = await readFile(path, "utf8").catch(() => undefined);
  const report = await reportNow(config, flags.run, terminal);
  const after = lib.baselineText(lib.standingsOf(report, lib.textOfRepository(config.root)));
  const same = before?.replaceAll("\r\n", "\n") === after;
  const compared = before === undefined ? undefined : lib.againstBaseline(config, report, file, before);
  const accepted = compared?.ok === true ? compared.value : [];
  const writes = flags.check !== true && !same;
  if (writes) await writeFile(path, after);
  if (flags.json === true) terminal.out(JSON.stringify({ ok: same || writes, file, written: writes, accepted }));
  else {
    for (const { text } of accepted) terminal.out(`${writes ? "accepts" : "would accept"}: ${printable(text)}`);
    if (compared?.ok === false) terminal.note(`note: ${file} could not be read as a baseline`);
    terminal.out(same ? `${file} is up to date` : `${file} ${writes ? "written" : "is not up to date"}`);
    if (!same && !writes) terminal.note("hint: lockkeeper baseline --update writes it");
  }
  return same || writes ? 0 : 5;
}
