import { type Command, Option } from "commander";
import { orFail, reportNow } from "./regress.js";
import { CommandFailure, runCommand, type Terminal } from "./terminal.js";

type SignFlags = { readonly key: string; readonly out?: string; readonly allowDirty?: true; readonly json?: true };
type VerifyFlags = { readonly key: string; readonly allowDirty?: true; readonly json?: true };
type KeygenFlags = { readonly out: string; readonly algorithm: "ed25519" | "p256"; readonly json?: true };

/** Registers `lockkeeper report`. */
export function registerReport(program: Command): void {
  const report = program
    .command("report")
    .description("sign the last report, verify what was signed, compute the readiness checklist");
  registerSign(report);
  registerVerify(report);
  registerReadiness(report);
  report
    .command("keygen")
    .description("make a pair of keys to sign and verify with")
    .requiredOption("--out <file>", "where the private key goes; the public one goes beside it, with .pub at its end")
    .addOption(new Option("--algorithm <name>", "what to sign with").choices(["ed25519", "p256"]).default("ed25519"))
    .option("--json", "print one JSON document")
    .addHelpText("after", "\nExample:\n  lockkeeper report keygen --out validator.pem\n\nFiles are never overwritten.")
    .action((flags: KeygenFlags, command: Command) => runCommand(command, (terminal) => keygen(flags, terminal)));
}

function registerSign(report: Command): void {
  report
    .command("sign")
    .description("sign the last report as in-toto statements in DSSE envelopes")
    .requiredOption("--key <file>", "the private key, PEM: Ed25519 or ECDSA over P-256")
    .option("--out <file>", "where the attestation goes (default: report.intoto.jsonl beside the report)")
    .option("--allow-dirty", "sign although files differ from the commit; the attestation says so")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `
Two statements are signed, for the commit and the policy bundle: a test result (every requirement and check, with digests
of the report, specs, cases, waivers and compiled policy, seed and versions) and a verification result (what was met).

Examples:
  lockkeeper conform && lockkeeper report sign --key validator.pem
  lockkeeper report sign --key validator.pem --out release.intoto.jsonl

Exit codes: 0 signed; 1 usage, a key that cannot be used, or changes that no commit holds; 5 the report is out of date;
7 there is no report.`,
    )
    .action((flags: SignFlags, command: Command) => runCommand(command, (terminal) => sign(flags, terminal)));
}

function registerVerify(report: Command): void {
  report
    .command("verify")
    .description("verify an attestation: its signatures, and then that everything it says is what is found here")
    .argument("[attestation]", "the file to verify (default: report.intoto.jsonl beside the report)")
    .requiredOption("--key <file>", "the public key, PEM, that it must be signed with")
    .option("--allow-dirty", "accept an attestation that says that files differed from the commit")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `
Run it in a checkout of the commit, with the report in place. Digests are computed anew; nothing is taken from the file.

Examples:
  lockkeeper report verify --key validator.pem.pub
  lockkeeper report verify --key validator.pem.pub release.intoto.jsonl --json

Exit codes: 0 good; 1 usage; 2 not signed by the key, or something it says is not what is found.`,
    )
    .action((file: string | undefined, flags: VerifyFlags, command: Command) =>
      runCommand(command, (terminal) => verify(file, flags, terminal)),
    );
}

function registerReadiness(report: Command): void {
  report
    .command("readiness")
    .description("compute the readiness checklist from evidence, and write it beside the report as readiness.md")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `
readiness.yaml in the folder of the specs names what each item is computed from. What nobody looked at is unknown.

Example:
  lockkeeper conform && lockkeeper report readiness

Exit codes: 0 every item holds; 1 usage or internal error; 2 one does not; 7 none does not, but one is unknown.`,
    )
    .action((_flags: object, command: Command) => runCommand(command, readiness));
}

/** Where an attestation lies unless said otherwise. */
async function besideReport(config: { readonly root: string; readonly reports: string }): Promise<string> {
  const { join, relative } = await import("node:path");
  return relative(process.cwd(), join(config.root, config.reports, "report.intoto.jsonl"));
}

async function sign(flags: SignFlags, terminal: Terminal): Promise<number> {
  const { gatherFacts, keyIdOf, readConfig, readPrivateKey, signReport } = await import("../../conformance/index.js");
  const { systemClock } = await import("../host/index.js");
  const { writeFile } = await import("node:fs/promises");
  const config = orFail(await readConfig(process.cwd()));
  const key = readPrivateKey(await textOf(flags.key), flags.key);
  if (!key.ok) throw new CommandFailure([key.error]);
  await reportNow(config, false, terminal);
  const facts = orFail(await gatherFacts(config));
  const timeCreated = new Date(systemClock.nowMs()).toISOString();
  const signed = signReport(facts, { key: key.value, timeCreated, allowDirty: flags.allowDirty === true });
  if (!signed.ok) throw new CommandFailure([signed.error]);
  const file = flags.out ?? (await besideReport(config));
  await writeFile(file, signed.value);
  const { report, commit, dirty } = facts;
  const summary = { file, key_id: keyIdOf(key.value), commit, dirty, verdict: report.verdict };
  if (flags.json === true) terminal.out(JSON.stringify({ ok: true, ...summary }));
  else {
    terminal.out(`signed ${report.verdict} of commit ${commit.slice(0, 12)}${dirty ? " with changes" : ""}: ${file}`);
    terminal.out(`key ${summary.key_id}`);
  }
  return 0;
}

async function verify(file: string | undefined, flags: VerifyFlags, terminal: Terminal): Promise<number> {
  const { gatherFacts, keyIdOf, readConfig, readPublicKey, verifyReport } = await import("../../conformance/index.js");
  const { printable } = await import("../model/index.js");
  const config = orFail(await readConfig(process.cwd()));
  const key = readPublicKey(await textOf(flags.key), flags.key);
  if (!key.ok) throw new CommandFailure([key.error]);
  const path = file ?? (await besideReport(config));
  const text = await textOf(path);
  const facts = orFail(await gatherFacts(config));
  const verified = verifyReport(text, facts, { key: key.value, allowDirty: flags.allowDirty === true });
  const { ok, ignored, faults, differences, timeCreated } = verified;
  if (flags.json === true) {
    terminal.out(JSON.stringify({ file: path, key_id: keyIdOf(key.value), ...verified }));
    return ok ? 0 : 2;
  }
  for (const { line, reason } of ignored) terminal.note(`note: line ${line} is passed over: ${reason}`);
  for (const fault of faults) terminal.out(`${terminal.paint("red", "bad")}  ${printable(fault)}`);
  for (const { path: place, attested, found, predicateType } of differences.slice(0, 50)) {
    const type = predicateType.split("/").slice(-2).join("/");
    terminal.out(`${terminal.paint("red", "differs")}  ${type} ${printable(place)}`);
    const encoded = place.endsWith("/content");
    terminal.out(`  attested  ${shown(attested, encoded)}`);
    terminal.out(`  found     ${shown(found, encoded)}`);
  }
  if (differences.length > 50) terminal.out(`… ${differences.length - 50} more`);
  if (ok) {
    const { report, commit } = facts;
    const at = timeCreated === undefined ? "" : `, signed ${timeCreated}`;
    terminal.out(`${terminal.paint("green", "good")}  ${report.verdict} of commit ${commit.slice(0, 12)}${at}`);
  }
  return ok ? 0 : 2;

  function shown(value: string | undefined, encoded: boolean): string {
    if (value === undefined) return "nothing";
    const text = encoded ? Buffer.from(value, "base64").toString() : value;
    return printable(text.length > 200 ? `${text.slice(0, 200)}…` : text);
  }
}

async function readiness(terminal: Terminal): Promise<number> {
  const lib = await import("../../conformance/index.js");
  const { systemClock } = await import("../host/index.js");
  const { printable } = await import("../model/index.js");
  const { mkdir, writeFile } = await import("node:fs/promises");
  const { join } = await import("node:path");
  const config = orFail(await lib.readConfig(process.cwd()));
  const specs = orFail(lib.loadSpecs(join(config.root, config.specs), config.specs));
  const name = `${config.specs}/readiness.yaml`;
  const file = orFail(lib.readReadinessFile(await textOf(join(config.root, name)), name));
  const today = new Date(systemClock.nowMs()).toISOString().slice(0, 10);
  const rows = lib.readiness(file, orFail(await lib.readinessWorld(config, specs, file, today)));
  await mkdir(join(config.root, config.reports), { recursive: true });
  await writeFile(join(config.root, config.reports, "readiness.md"), lib.readinessMarkdown(rows));
  if (terminal.json) terminal.out(JSON.stringify({ ok: rows.every(({ status }) => status === "yes"), items: rows }));
  else {
    for (const { title, status, findings } of rows) {
      const style = ({ yes: "green", no: "red", unknown: "yellow" } as const)[status];
      terminal.out(`${terminal.paint(style, status.padEnd(7))}  ${title}`);
      const first = status === "yes" ? [] : findings.filter((one) => one.status !== "yes").slice(0, 5);
      for (const { text, file: at, row } of first) {
        terminal.out(`         ${printable(text)} (${printable(row === undefined ? at : `${at}:${row}`)})`);
      }
    }
    terminal.out(`all of it: ${join(config.reports, "readiness.md")}`);
  }
  if (rows.some(({ status }) => status === "no")) return 2;
  return rows.some(({ status }) => status === "unknown") ? 7 : 0;
}

async function keygen(flags: KeygenFlags, terminal: Terminal): Promise<number> {
  const { keyIdOf, newKeyPair, readPrivateKey } = await import("../../conformance/index.js");
  const { writeFile } = await import("node:fs/promises");
  const { privatePem, publicPem } = newKeyPair(flags.algorithm);
  const publicFile = `${flags.out}.pub`;
  for (const [path, text, mode] of [
    [flags.out, privatePem, 0o600],
    [publicFile, publicPem, 0o644],
  ] as const) {
    await writeFile(path, text, { mode, flag: "wx" }).catch((error: NodeJS.ErrnoException) => {
      const message = error.code === "EEXIST" ? "there is a file already" : `cannot be written: ${error.message}`;
      throw new CommandFailure([{ code: "usage/flag", message, place: { file: path }, hint: "choose another name" }]);
    });
  }
  const key = readPrivateKey(privatePem, flags.out);
  const id = key.ok ? keyIdOf(key.value) : "";
  if (flags.json === true)
    terminal.out(JSON.stringify({ ok: true, private: flags.out, public: publicFile, key_id: id }));
  else terminal.out(`private key: ${flags.out}\npublic key:  ${publicFile}\nkey ${id}`);
  return 0;
}

async function textOf(path: string): Promise<string> {
  const { readFile } = await import("node:fs/promises");
  return readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    const message = error.code === "ENOENT" ? "there is no such file" : `cannot be read: ${error.message}`;
    throw new CommandFailure([{ code: "usage/missing", message, place: { file: path } }]);
  });
}
