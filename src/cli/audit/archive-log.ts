import { type Archiving, archiveLog, findingText, type MadeArchive, verifyArchiveFile } from "../../audit/index.js";
import { systemClock } from "../../host/index.js";
import { printable } from "../../model/index.js";
import { CommandFailure, type Terminal } from "../terminal.js";
import { checkpointSigner, checkpointVerifiers, type KeyFlags } from "./checkpoint-keys.js";
import { momentOf } from "./moments.js";
import {
  type ArchivistFlags,
  foundLog,
  hasEndedWriters,
  type OpenAudit,
  openArchivist,
  openAuditLog,
} from "./open-audit-log.js";
import { type WitnessFlags, witnessesOf } from "./witnesses.js";

/** The flags that archiving takes wherever it is done. */
export type ArchivingFlags = ArchivistFlags & KeyFlags & WitnessFlags & { readonly remove?: true };

/** The flags of `lockkeeper audit archive`. */
export type ArchiveFlags = ArchivingFlags & { readonly before: string; readonly to: string };

/** Moves what is older into an archive. */
export async function archiveOld(given: ArchiveFlags, terminal: Terminal): Promise<number> {
  const flags = await foundLog(given);
  const beforeMs = momentOf(flags.before);
  await using log = await openAuditLog(flags);
  const made = await archiveBefore(log, beforeMs, flags.to, flags);
  if (terminal.json) terminal.out(JSON.stringify({ ok: made.untold.length === 0, ...made }));
  else for (const line of archiveText(made, flags.remove === true)) terminal.out(printable(line));
  return made.untold.length === 0 ? 0 : 1;
}

/** Archives, or ends the command with what is wrong with the log. */
export async function archiveBefore(
  log: OpenAudit,
  beforeMs: number,
  file: string,
  flags: ArchivingFlags,
): Promise<MadeArchive> {
  const archivist = flags.remove === true ? await openArchivist(flags, log) : null;
  if (flags.remove === true && archivist === null) {
    const message = "removing from this log is not for this program to do";
    throw new CommandFailure([{ code: "usage/flag", message, hint: "archive without --remove" }]);
  }
  const archiving: Archiving = {
    signer: await checkpointSigner(flags),
    verifiers: (await checkpointVerifiers(flags)) ?? [],
    witnesses: witnessesOf(flags),
    nowMs: systemClock.nowMs(),
    beforeMs,
    file,
    archivist,
    isEnded: () => hasEndedWriters(flags),
  };
  const made = await archiveLog(log, archiving);
  if (made.ok) return made.value;
  const problems = made.error.map((finding) => ({ code: "audit/invalid" as const, message: findingText(finding) }));
  throw new CommandFailure(problems, 2);
}

/** What was archived, as lines. */
export function archiveText({ file, entries, ranges, untold }: MadeArchive, removed: boolean): readonly string[] {
  if (file === null) return ["nothing is old enough"];
  return [
    `${entries} entries of ${ranges.length} writers in ${file}${removed ? ", removed from the log" : "; the log has them still"}`,
    ...untold.map((reason) => `untold  ${reason}`),
  ];
}

/** Verifies an archive with the note beside it, without the log. */
export async function verifyArchive(file: string, flags: KeyFlags, terminal: Terminal): Promise<number> {
  const verifiers = await checkpointVerifiers(flags);
  const verified = await verifyArchiveFile(file, verifiers);
  if (terminal.json) {
    const finding = verified.ok ? {} : { findings: [verified.error] };
    terminal.out(JSON.stringify({ ok: verified.ok, ...(verified.ok ? { entries: verified.value } : finding) }));
  } else if (verified.ok) {
    if (verifiers === null)
      terminal.out(`${terminal.paint("yellow", "note")}  no key was given: the note could be anybody's`);
    terminal.out(`${terminal.paint("green", "good")}  ${verified.value} entries`);
  } else {
    terminal.out(`${terminal.paint("red", "bad")}  ${printable(findingText(verified.error))}`);
  }
  return verified.ok ? 0 : 2;
}
