import type { Command } from "commander";
import type { HygieneFinding, HygieneScan } from "../../conformance/hygiene/index.js";
import { CommandFailure, runCommand, type Terminal } from "./terminal.js";

type Flags = { readonly full?: true; readonly sarif?: string; readonly json?: true };

/** Registers `lockkeeper hygiene`. */
export function registerHygiene(program: Command): void {
  program
    .command("hygiene")
    .description("search the tree for what must not stand in it")
    .argument("[path...]", "files and folders to search (default: everything that git does not ignore)")
    .option("--full", "also look for placeholders, TODOs, stubs, tests that show nothing, secrets and oversized files")
    .option("--sarif <file>", "write what was found as SARIF 2.1.0")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `
The rules are the product's and those of the folder hygiene/ in your specs, each with what it finds, why that is bad and
how to fix it. A finding is accepted only by a waiver in waivers.yaml: requirement, rule, path, reason, owner, expiry.

Examples:
  lockkeeper hygiene src policies           forbidden patterns in two folders
  lockkeeper hygiene --full                 everything, everywhere
  lockkeeper hygiene --full --sarif hygiene.sarif

Exit codes: 0 clean, or all of it waived; 1 usage or internal error; 2 something was found; 6 a waiver is expired,
orphaned or not needed; 7 nothing was looked at, or something could not be.`,
    )
    .action((paths: string[], flags: Flags, command: Command) =>
      runCommand(command, (terminal) => hygiene(paths, flags, terminal)),
    );
}

/** Searches paths, as they are named from the working directory; all of them where none is. */
export async function hygiene(paths: readonly string[], flags: Flags, terminal: Terminal): Promise<number> {
  const { readConfig } = await import("../../conformance/config/index.js");
  const { loadSpecs } = await import("../../conformance/spec/index.js");
  const { hygieneRulesOf, hygieneSarif, scanHygiene } = await import("../../conformance/hygiene/index.js");
  const { packageRoot, systemClock } = await import("../host/index.js");
  const { join, relative, resolve, sep } = await import("node:path");
  const { existsSync } = await import("node:fs");
  const { readFile, writeFile } = await import("node:fs/promises");
  const config = await readConfig(process.cwd());
  if (!config.ok) throw new CommandFailure(config.error);
  const { root } = config.value;
  // A repository whose spec is a document has neither requirements nor waivers of ours.
  const hasSpecs = existsSync(join(root, config.value.specs, "requirements"));
  const specs = hasSpecs ? loadSpecs(join(root, config.value.specs), config.value.specs) : undefined;
  if (specs?.ok === false) throw new CommandFailure(specs.error);
  const rules = hygieneRulesOf(config.value);
  if (!rules.ok) throw new CommandFailure(rules.error);
  const scan = await scanHygiene({
    root,
    ...(paths.length > 0 ? { files: paths.map((path) => relative(root, resolve(path)).split(sep).join("/")) } : {}),
    rules: rules.value,
    waivers: specs?.value.waivers ?? [],
    ...(specs === undefined ? {} : { known: new Set(specs.value.requirements.map(({ id }) => id)) }),
    today: new Date(systemClock.nowMs()).toISOString().slice(0, 10),
    full: flags.full === true,
    ignore: config.value.hygiene?.ignore ?? [],
    progress: terminal.progress,
  });
  if (flags.sarif !== undefined) {
    const parsed: unknown = JSON.parse(await readFile(join(packageRoot(), "package.json"), "utf8"));
    const version = typeof parsed === "object" && parsed !== null && "version" in parsed ? String(parsed.version) : "";
    await writeFile(flags.sarif, hygieneSarif(scan, rules.value, version));
  }
  const exitCode = exitCodeOf(scan);
  if (flags.json === true) {
    const { canonicalJson } = await import("../../conformance/report/canonical-json.js");
    const { findings, waiverFaults, problems, files } = scan;
    const document = {
      ok: exitCode === 0,
      exit_code: exitCode,
      files,
      findings,
      waiver_faults: waiverFaults,
      problems,
    };
    terminal.out(canonicalJson(document).trimEnd());
  } else await print(scan, flags, terminal);
  return exitCode;
}

/** Of the codes that hold, the first in the order that all commands share. */
function exitCodeOf({ findings, waiverFaults, problems, files }: HygieneScan): number {
  if (findings.some(({ waived }) => waived === undefined)) return 2;
  if (waiverFaults.length > 0) return 6;
  return files === 0 || problems.length > 0 ? 7 : 0;
}

async function print(scan: HygieneScan, flags: Flags, terminal: Terminal): Promise<void> {
  const { formatProblem, printable } = await import("../model/index.js");
  const { findings, waiverFaults, problems, files } = scan;
  const open = findings.filter(({ waived }) => waived === undefined);
  for (const [rule, found] of Map.groupBy(open, (finding) => finding.rule)) {
    for (const { file, row, col, message } of found) {
      const place = [shownPath(printable(file)), row, col].filter((part) => part !== undefined).join(":");
      terminal.out(`${place}: ${terminal.paint("red", printable(message))} [${rule}]`);
    }
    for (const { why, fix } of found.slice(0, 1)) terminal.out(`  why: ${printable(why)}\n  fix: ${printable(fix)}`);
  }
  for (const fault of waiverFaults) terminal.out(`waiver: ${terminal.paint("red", printable(fault))}`);
  for (const problem of problems) terminal.note(formatProblem(problem));
  terminal.out(summaryOf(open, findings, files));
  if (files === 0) terminal.note("nothing was looked at: no file is there, or all are ignored");
  if (flags.full !== true) terminal.note("forbidden patterns only; --full looks for the rest too");
}

/** A path on one line. A job's log takes `::` and `##[` at the beginning of a line for commands. */
function shownPath(path: string): string {
  return path.replaceAll("\n", "\\n").replace(/^\s*(?=::|##\[)/, "./");
}

function summaryOf(open: readonly HygieneFinding[], all: readonly HygieneFinding[], files: number): string {
  const waived = all.length - open.length;
  const found = open.length === 1 ? "1 finding" : `${open.length} findings`;
  return `${found}${waived > 0 ? ` and ${waived} waived` : ""} in ${files} ${files === 1 ? "file" : "files"}`;
}
