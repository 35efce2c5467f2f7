import { type AuditReport, findingText, verifyAudit } from "../../audit/index.js";
import { printable } from "../../model/index.js";
import type { Terminal } from "../terminal.js";
import { checkpointVerifiers, type KeyFlags } from "./checkpoint-keys.js";
import { foundLog, type LogFlags, openVerifiable } from "./open-audit-log.js";
import { type WitnessFlags, witnessesOf } from "./witnesses.js";

/** The flags of `lockkeeper audit verify`. */
export type VerifyFlags = LogFlags &
  KeyFlags &
  WitnessFlags & {
    readonly deep?: true;
    readonly proof?: string;
    readonly archive?: string;
  };

/** Verifies a log, and says what it found. */
export async function verifyLog(given: VerifyFlags, terminal: Terminal): Promise<number> {
  const flags = await foundLog(given);
  const verifiers = await checkpointVerifiers(flags);
  await using log = await openVerifiable(flags);
  const witnesses = witnessesOf(flags);
  const report = await verifyAudit(log, { verifiers, witnesses, deep: flags.deep === true });
  if (terminal.json) terminal.out(JSON.stringify(report));
  else print(report, terminal);
  return report.ok ? 0 : 2;
}

function print(
  { ok, entries, writers, checkpoints, uncovered, findings, notes }: AuditReport,
  terminal: Terminal,
): void {
  for (const finding of findings) terminal.out(`${terminal.paint("red", "bad")}   ${printable(findingText(finding))}`);
  for (const note of notes) terminal.out(`${terminal.paint("yellow", "note")}  ${printable(note)}`);
  const covered = checkpoints === 0 || !ok ? "" : `, ${uncovered} entries after the last checkpoint`;
  const counts = `${entries} entries by ${writers} writers, ${checkpoints} checkpoints${covered}`;
  terminal.out(`${ok ? terminal.paint("green", "good") : terminal.paint("red", "CHANGED")}  ${counts}`);
}
