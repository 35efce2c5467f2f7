import { readFile, writeFile } from "node:fs/promises";
import { parseProof, prove, verifyProof } from "../../audit/index.js";
import { parseStrictJson, printable } from "../../model/index.js";
import { CommandFailure, type Terminal } from "../terminal.js";
import { checkpointVerifiers, type KeyFlags } from "./checkpoint-keys.js";
import { foundLog, type LogFlags, openAuditLog } from "./open-audit-log.js";
import { entryText } from "./read-entries.js";

/** The flags of `lockkeeper audit prove`. */
export type ProveFlags = LogFlags & KeyFlags & { readonly out?: string };

/** Writes a proof of everything about an execution. */
export async function proveExecution(id: string, given: ProveFlags, terminal: Terminal): Promise<number> {
  const flags = await foundLog(given);
  const verifiers = await checkpointVerifiers(flags);
  await using log = await openAuditLog(flags);
  const proof = await prove(log, id, verifiers);
  if (!proof.ok) throw new CommandFailure([{ code: "audit/invalid", message: proof.error }], 2);
  const text = JSON.stringify(proof.value);
  if (flags.out === undefined) terminal.out(text);
  else await writeFile(flags.out, `${text}\n`, { flag: "wx", mode: 0o600 });
  return 0;
}

/** Bounds of a proof: it holds whole entries. */
const bounds = { bytes: 64 * 1024 * 1024, depth: 10, nodes: 1_000_000 };

/** Verifies a proof, without the log. */
export async function verifyProofFile(file: string, flags: KeyFlags, terminal: Terminal): Promise<number> {
  const verifiers = await checkpointVerifiers(flags);
  if (verifiers === null) {
    const hint = "give the public key with --keys";
    throw new CommandFailure([{ code: "usage/missing", message: "a proof without a key proves nothing", hint }]);
  }
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new CommandFailure([{ code: "usage/missing", message: `cannot be read: ${error.code}`, place: { file } }]);
  });
  const document = parseStrictJson(text, file, bounds);
  if (!document.ok) throw new CommandFailure(document.error);
  const proof = parseProof(document.value.value);
  const verified = proof.ok ? verifyProof(proof.value, verifiers) : proof;
  if (terminal.json) {
    terminal.out(
      JSON.stringify(verified.ok ? { ok: true, entries: verified.value } : { ok: false, reason: verified.error }),
    );
  } else if (verified.ok) {
    for (const entry of verified.value) terminal.out(`${terminal.paint("green", "proven")}  ${entryText(entry)}`);
  } else {
    terminal.out(`${terminal.paint("red", "bad")}  ${printable(verified.error)}`);
  }
  return verified.ok ? 0 : 2;
}
