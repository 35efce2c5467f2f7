import type { Command } from "commander";
import { runCommand, type Terminal } from "./terminal.js";

type Flags = { readonly append?: true; readonly json?: true };

/** Registers `lockkeeper validate`. */
export function registerValidate(program: Command): void {
  program
    .command("validate")
    .description("validate a work packet: its fields, spec, evidence, hygiene and tests")
    .argument("<id>", "the packet's name, such as WP-1-Safety-Gates")
    .option("--append", "append the report to the packet, and give a packet that fails its status back")
    .option("--json", "print the validation as one JSON document")
    .addHelpText(
      "after",
      `
The stages: pre-flight, anchor, requirements, evidence, hygiene, tests, task board. What a failure blocks is not run, and
says so. Commands of TEST_PLAN run through the gate under the profile build, in a copy of the repository.
The report is a dated section behind earlier ones: in reports/packets/ID.md, or with --append in the packet.

Examples:
  lockkeeper validate WP-7-Quota
  lockkeeper validate WP-7-Quota --append
  lockkeeper validate WP-7-Quota --json

Exit codes: 0 PASS, 2 FAIL, 1 usage or internal error.`,
    )
    .action((id: string, flags: Flags, command: Command) =>
      runCommand(command, (terminal) => validate(id, flags, terminal)),
    );
}

async function validate(id: string, flags: Flags, terminal: Terminal): Promise<number> {
  const { canonicalJson } = await import("../../conformance/index.js");
  const { keepReport } = await import("./packet/keep-report.js");
  const { openPacket, packetRepository } = await import("./packet/open-packet.js");
  const { showValidation } = await import("./packet/show-validation.js");
  const { validateOne } = await import("./packet/validate-one.js");
  const repository = await packetRepository(process.cwd());
  const validation = await validateOne(repository, id, "validate", terminal);
  const statusRow = openPacket(repository, id).fields.get("STATUS")?.row;
  const file = keepReport(repository, validation, { append: flags.append === true, statusRow });
  if (terminal.json) terminal.out(canonicalJson({ ...validation, report: file }).trimEnd());
  else {
    showValidation(validation, terminal);
    terminal.out(`report: ${file}`);
  }
  return validation.verdict === "PASS" ? 0 : 2;
}
