import { createHash } from "node:crypto";
import { open, readFile, rename, rm } from "node:fs/promises";
import { err, ok, type Result } from "../model/index.js";
import {
  type ArchiveRecord,
  archiveLines,
  archiveNoteFile,
  archiveRecords,
  createArchive,
  verifyArchive,
} from "./archive-file.js";
import { emptyHead, type Head } from "./chain.js";
import { type ArchiveMark, type GrownHead, headOf, parseRecordLine, recordLine } from "./checkpoint.js";
import type { CheckpointHistory } from "./checkpoint-history.js";
import type { Finding } from "./finding.js";
import { frameOf } from "./frame.js";
import { addRecords, type CheckpointMaking, growTo, makeCheckpoint, soundHistory } from "./make-checkpoint.js";
import { emptyFrontier, hexOf } from "./merkle.js";
import type { AuditLog } from "./ports.js";
import { verifyAudit } from "./verify-audit.js";

/** A range of one writer's entries: from after `afterSeq` up to `seq`. */
export type ArchivedRange = { readonly writer: string; readonly afterSeq: number; readonly seq: number };

/** Removes what is archived. It runs under a role of its own: nothing that appends can do this. */
export interface AuditArchivist {
  /**
   * Adds the checkpoint, which marks the ranges as archived, and removes their entries, as one.
   *
   * @param after - rejects where there are not exactly as many checkpoints
   */
  removeArchived(ranges: readonly ArchivedRange[], checkpoint: string, after: number): Promise<void>;
}

/** What was archived. */
export type MadeArchive = {
  /** The archive; null where nothing is old enough. */
  readonly file: string | null;
  readonly entries: number;
  readonly ranges: readonly ArchivedRange[];
  readonly untold: readonly string[];
};

/** What to archive, where to, and how. */
export type Archiving = CheckpointMaking & {
  /** Entries before this moment. */
  readonly beforeMs: number;
  readonly file: string;
  /** Who removes what is archived; without one it stays in the log, marked. */
  readonly archivist: AuditArchivist | null;
  /**
   * Whether a writer will certainly write nothing more, or does not ask the log where its chain has come to. The newest entry of
   * every other stays, so that its chain can go on from there.
   */
  isEnded(writer: string): boolean;
};

/**
 * Moves old entries into an archive: verifies the whole log, writes and verifies the archive, signs a checkpoint that marks
 * what is in it, and has it removed.
 *
 * @returns on failure what is wrong with the log, or with the archive; nothing is removed then
 * @throws where the log, a witness or a file cannot be used, or there is an archive of that name
 */
export async function archiveLog(
  log: AuditLog,
  archiving: Archiving,
): Promise<Result<MadeArchive, readonly Finding[]>> {
  const checked = await makeCheckpoint(log, archiving);
  if (!checked.ok) return checked;
  const verified = await verifyAudit(log, { verifiers: archiving.verifiers, witnesses: archiving.witnesses });
  if (!verified.ok) return err(verified.findings);
  const history = await soundHistory(log, archiving);
  if (!history.ok) return history;
  const ranges = await oldRanges(log, history.value, archiving);
  if (ranges.length === 0) return ok({ file: null, entries: 0, ranges: [], untold: [] });
  const draft = `${archiving.file}.draft`;
  await rm(draft, { force: true });
  const lines = await writeDraft(log, ranges, draft, archiving.nowMs);
  if (!lines.ok) return err([lines.error]);
  const read = await verifyArchive(archiveLines(draft), recordsOf(lines.value));
  if (!read.ok) return err([read.error]);
  const made = await sealed(log, history.value, lines.value, ranges, archiving, draft);
  return ok({ file: archiving.file, entries: read.value, ranges: ranges.map(rangeOf), untold: made });
}

/** What is old of one writer: from where a chain is known to hold, up to a later entry. */
type OldRange = { readonly from: GrownHead; readonly seq: number };

/** By writer, what is before the moment: all from the start or from what is archived, up to the first entry that is not. */
async function oldRanges(
  log: AuditLog,
  { records }: CheckpointHistory,
  { beforeMs, isEnded }: Pick<Archiving, "beforeMs" | "isEnded">,
): Promise<readonly OldRange[]> {
  const archived = new Map<string, GrownHead>();
  for (const { record } of records) {
    if (record.archive !== null && (archived.get(record.writer)?.seq ?? 0) < record.seq) {
      archived.set(record.writer, headOf(record));
    }
  }
  const ranges: OldRange[] = [];
  for (const head of await log.heads()) {
    const from = archived.get(head.writer) ?? { ...emptyHead(head.writer), frontier: emptyFrontier };
    const most = isEnded(head.writer) ? head.seq : head.seq - 1;
    const seq = await lastBefore(log, from, most, beforeMs);
    if (seq > from.seq) ranges.push({ from, seq });
  }
  return ranges;
}

async function lastBefore(log: AuditLog, from: Head, most: number, beforeMs: number): Promise<number> {
  let last = from.seq;
  for await (const { seq, line } of log.entries({ writer: from.writer, afterSeq: from.seq })) {
    if (seq > most || !isOld(frameOf(line)?.atMs ?? beforeMs, beforeMs)) break;
    last = seq;
  }
  return last;
}

/** @requirement SBX-53 */
function isOld(atMs: number, beforeMs: number): boolean {
  return atMs < beforeMs;
}

async function writeDraft(
  log: AuditLog,
  ranges: readonly OldRange[],
  draft: string,
  nowMs: number,
): Promise<Result<readonly string[], Finding>> {
  const archive = await createArchive(draft);
  const lines: string[] = [];
  for (const { from, seq } of ranges) {
    const digest = createHash("sha256");
    const times: number[] = [];
    const entries = log.entries({ writer: from.writer, afterSeq: from.seq });
    const grown = await growTo(from, seq, entries, async (line) => {
      digest.update(`${line}\n`);
      const atMs = frameOf(line)?.atMs ?? 0;
      times.splice(0, 2, Math.min(times[0] ?? atMs, atMs), Math.max(times[1] ?? atMs, atMs));
      await archive.add(line);
    });
    if (!grown.ok) {
      await archive.end();
      return grown;
    }
    const [first_at_ms = 0, last_at_ms = 0] = times;
    lines.push(recordLine(grown.value, nowMs, markOf(from, digest.digest("hex"), { first_at_ms, last_at_ms })));
  }
  await archive.end();
  return ok(lines);
}

function markOf(
  { seq, sha256, frontier }: GrownHead,
  lines_sha256: string,
  times: Pick<ArchiveMark, "first_at_ms" | "last_at_ms">,
): ArchiveMark {
  return { after: { seq, sha256, frontier: frontier.roots.map(hexOf) }, lines_sha256, ...times };
}

/** Signs the checkpoint that marks the archive, puts both in place, and has the entries removed. */
async function sealed(
  log: AuditLog,
  history: CheckpointHistory,
  lines: readonly string[],
  ranges: readonly OldRange[],
  archiving: Archiving,
  draft: string,
): Promise<readonly string[]> {
  const { file, archivist } = archiving;
  const entries = ranges.reduce((sum, { from, seq }) => sum + seq - from.seq, 0);
  const made = await addRecords(
    {
      // The archive is complete before anything in the log says so, and before anything is removed.
      addCheckpoint: async (note, after = 0) => {
        await writeDurably(archiveNoteFile(file), note);
        await rename(draft, file);
        await log.append(archivedEvent(file, ranges, entries));
        if (archivist === null) await log.addCheckpoint(note, after);
        else await archivist.removeArchived(ranges.map(wholeRangeOf), note, after);
      },
    },
    history,
    lines,
    archiving,
  );
  return made.untold;
}

function archivedEvent(file: string, ranges: readonly OldRange[], entries: number) {
  const detail = { file: file.slice(-200), writers: ranges.length, entries };
  return { kind: "event" as const, name: "audit/archived", actor: null, roles: [], object: null, detail };
}

async function writeDurably(file: string, text: string): Promise<void> {
  const handle = await open(file, "wx", 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function rangeOf({ from, seq }: OldRange): ArchivedRange {
  return { writer: from.writer, afterSeq: from.seq, seq };
}

/** With what earlier archives marked and nobody removed. */
function wholeRangeOf({ from, seq }: OldRange): ArchivedRange {
  return { writer: from.writer, afterSeq: 0, seq };
}

function recordsOf(lines: readonly string[]): readonly ArchiveRecord[] {
  return lines.map(parseRecordLine).flatMap((record) => {
    if (!record.ok || record.value.archive === null) return [];
    return [{ ...record.value, archive: record.value.archive }];
  });
}

/** Verifies an archive with the note beside it. @returns how many entries it holds; on failure one sentence */
export async function verifyArchiveFile(
  file: string,
  verifiers: CheckpointMaking["verifiers"] | null,
): Promise<Result<number, Finding>> {
  const records = archiveRecords(await readFile(archiveNoteFile(file), "utf8"), verifiers);
  if (records.ok) return verifyArchive(archiveLines(file), records.value);
  return err({ code: "checkpoint", writer: null, seq: null, message: `the note of the archive: ${records.error}` });
}
