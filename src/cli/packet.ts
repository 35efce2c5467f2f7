import type { Command } from "commander";
import { CommandFailure, runCommand, type Terminal } from "./terminal.js";

type Flags = { readonly title?: string; readonly full?: true; readonly json?: true };

/** Registers `lockkeeper packet`. */
export function registerPacket(program: Command): void {
  const packet = program.command("packet").description("work packets: make one, check one, search what it is about");
  const act =
    (body: (id: string, flags: Flags, terminal: Terminal) => Promise<number>) =>
    (id: string, flags: Flags, command: Command): Promise<void> =>
      runCommand(command, (terminal) => body(id, flags, terminal));
  packet
    .command("new")
    .description("write a packet with what must be filled in")
    .argument("<id>", "the packet's name, such as WP-1-Safety-Gates")
    .option("--title <text>", "what it is about, in one line")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      "\nExample:\n  lockkeeper packet new WP-7-Quota --title 'Quotas by task'\n\nExit codes: 0 written; 1 it is there already, or cannot be written.",
    )
    .action(act(makePacket));
  packet
    .command("check")
    .description("check a packet, its anchor and its evidence; nothing is run")
    .argument("<id>", "the packet's name")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      "\nExample:\n  lockkeeper packet check WP-7-Quota\n\nExit codes: 0 ready to validate; 2 something is wrong; 1 usage or internal error.",
    )
    .action(act(checkPacket));
  packet
    .command("scan")
    .description("search what a packet is about for forbidden patterns")
    .argument("<id>", "the packet's name")
    .option("--full", "also look for placeholders, TODOs, stubs, tests that show nothing, secrets and oversized files")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `
The scope is IN_SCOPE_PATHS and the files that EVIDENCE_MAPPING names.

Example:
  lockkeeper packet scan WP-7-Quota

Exit codes: 0 clean, or all of it waived; 2 something was found; 6 a waiver is expired, orphaned or not needed;
7 nothing was looked at, or something could not be; 1 usage or internal error.`,
    )
    .action(act(scanPacket));
  packet
    .command("map")
    .description("write EVIDENCE_MAPPING from the annotations in the code")
    .argument("<id>", "the packet's name")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `
Each requirement that the packet's anchor leads to is given the code and the rules that cite it. What nothing cites is left
out, and stays a gap.

Example:
  lockkeeper packet map WP-7-Quota

Exit codes: 0 written; 1 usage or internal error, nothing is written.`,
    )
    .action(act(mapPacket));
  packet
    .command("anchors")
    .description("look every packet's anchor up in the current spec")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      "\nExample:\n  lockkeeper packet anchors\n\nExit codes: 0 there is a current spec and all resolve; 5 one does not; 1 usage or internal error.",
    )
    .action((_flags: Flags, command: Command) => runCommand(command, checkAnchors));
}

async function checkAnchors(terminal: Terminal): Promise<number> {
  const { anchorFindings } = await import("../../conformance/packet/index.js");
  const { packetRepository } = await import("./packet/open-packet.js");
  const { showFindings } = await import("./packet/show-validation.js");
  const { spec, settings } = await packetRepository(process.cwd());
  const findings = anchorFindings(spec, settings.folder);
  if (terminal.json) terminal.out(JSON.stringify({ ok: findings.length === 0, findings }));
  else {
    showFindings(findings, terminal);
    if (findings.length === 0) terminal.out("every anchor resolves");
  }
  return findings.length === 0 ? 0 : 5;
}

async function makePacket(id: string, { title = "" }: Flags, terminal: Terminal): Promise<number> {
  const { currentSpec, newPacket, writeInside } = await import("../../conformance/packet/index.js");
  const { packetFile, packetRepository } = await import("./packet/open-packet.js");
  const { printable } = await import("../model/index.js");
  const { lstatSync } = await import("node:fs");
  const { join } = await import("node:path");
  const repository = await packetRepository(process.cwd());
  const { root } = repository.config;
  const { settings } = repository;
  const file = packetFile(settings, id);
  if (lstatSync(join(root, file), { throwIfNoEntry: false }) !== undefined) {
    throw new CommandFailure([
      { code: "usage/flag", message: `${file} is there already`, hint: "choose another name" },
    ]);
  }
  const spec = currentSpec(root, settings.spec_current);
  const named = spec.ok ? spec.value : settings.spec_current;
  const line = printable(title).replaceAll("\n", " ").slice(0, 200);
  const written = writeInside(root, file, newPacket(id, line, named, settings.task_board));
  if (!written.ok) throw new CommandFailure([written.error]);
  if (terminal.json) terminal.out(JSON.stringify({ ok: true, file }));
  else
    terminal.out(`${file}\nnext: fill it in, put ${id} on ${settings.task_board}, then lockkeeper packet check ${id}`);
  return 0;
}

async function checkPacket(id: string, _flags: Flags, terminal: Terminal): Promise<number> {
  const { packetRepository } = await import("./packet/open-packet.js");
  const { validateOne } = await import("./packet/validate-one.js");
  const { showValidation } = await import("./packet/show-validation.js");
  const { canonicalJson } = await import("../../conformance/index.js");
  const validation = await validateOne(await packetRepository(process.cwd()), id, "check", terminal);
  const isReady = validation.findings.length === 0;
  if (terminal.json) terminal.out(canonicalJson({ ok: isReady, ...validation, verdict: null }).trimEnd());
  else
    showValidation({ ...validation, ...(isReady ? { verdict: "PASS", reason: "ready to validate" } : {}) }, terminal);
  return isReady ? 0 : 2;
}

async function mapPacket(id: string, _flags: Flags, terminal: Terminal): Promise<number> {
  const { mapEvidence } = await import("./packet/map-evidence.js");
  const { packetRepository } = await import("./packet/open-packet.js");
  const { file, mapped, left } = await mapEvidence(await packetRepository(process.cwd()), id);
  if (terminal.json) terminal.out(JSON.stringify({ ok: true, file, mapped, left }));
  else {
    terminal.out(`${file}: evidence for ${mapped} requirements`);
    if (left.length > 0) terminal.out(`nothing cites ${left.join(", ")}`);
  }
  return 0;
}

async function scanPacket(id: string, flags: Flags, terminal: Terminal): Promise<number> {
  const { judgeEvidence, packetScope } = await import("../../conformance/packet/index.js");
  const { openPacket, packetRepository } = await import("./packet/open-packet.js");
  const { hygiene } = await import("./hygiene.js");
  const { join } = await import("node:path");
  const repository = await packetRepository(process.cwd());
  const { root } = repository.config;
  const packet = openPacket(repository, id);
  const scope = packetScope(packet, judgeEvidence(packet, [], root).files);
  if (scope.length === 0) {
    const hint = "give IN_SCOPE_PATHS under SCOPE, or evidence with FILE:LINE";
    throw new CommandFailure([{ code: "usage/missing", message: `${id} says nothing of what to search`, hint }], 7);
  }
  return hygiene(
    scope.map((path) => join(root, path)),
    flags,
    terminal,
  );
}
