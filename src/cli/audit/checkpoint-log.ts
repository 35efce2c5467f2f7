import { findingText, makeCheckpoint } from "../../audit/index.js";
import { systemClock } from "../../host/index.js";
import { printable } from "../../model/index.js";
import { CommandFailure, type Terminal } from "../terminal.js";
import { checkpointSigner, checkpointVerifiers, type KeyFlags } from "./checkpoint-keys.js";
import { foundLog, type LogFlags, openAuditLog } from "./open-audit-log.js";
import { type WitnessFlags, witnessesOf } from "./witnesses.js";

/** The flags of `lockkeeper audit checkpoint`. */
export type CheckpointFlags = LogFlags & KeyFlags & WitnessFlags;

/** Makes a checkpoint now, and tells the witnesses. */
export async function checkpointLog(given: CheckpointFlags, terminal: Terminal): Promise<number> {
  const flags = await foundLog(given);
  const making = {
    signer: await checkpointSigner(flags),
    verifiers: (await checkpointVerifiers(flags)) ?? [],
    witnesses: witnessesOf(flags),
    nowMs: systemClock.nowMs(),
  };
  await using log = await openAuditLog(flags);
  const made = await makeCheckpoint(log, making);
  if (!made.ok) {
    const problems = made.error.map((finding) => ({ code: "audit/invalid" as const, message: findingText(finding) }));
    throw new CommandFailure(problems, 2);
  }
  const { note, records, untold } = made.value;
  if (terminal.json) terminal.out(JSON.stringify({ ok: untold.length === 0, note, records, untold }));
  else {
    terminal.out(
      note === null ? "nothing is new since the last checkpoint" : `checkpoint over ${records} writers' chains`,
    );
    for (const reason of untold) terminal.out(`${terminal.paint("red", "untold")}  ${printable(reason)}`);
  }
  return untold.length === 0 ? 0 : 1;
}
