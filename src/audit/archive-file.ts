import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { open } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { err, ok, type Result } from "../model/index.js";
import { type ChainRecord, headOf, parseRecordLine, rootOfRecord } from "./checkpoint.js";
import { readCheckpoint } from "./checkpoint-history.js";
import type { Finding } from "./finding.js";
import { linesOf } from "./jsonl-lines.js";
import type { LogLine } from "./log-line.js";
import { growTo } from "./make-checkpoint.js";
import { rootOf } from "./merkle.js";
import type { StoredEntry } from "./ports.js";
import type { CheckpointVerifier } from "./signed-note.js";

/** An archive that is being written: gzip over one line an entry. */
export interface ArchiveWriter {
  add(line: string): Promise<void>;
  /** Returns when all of it is durable. */
  end(): Promise<void>;
}

/** Makes a new archive, readable by its owner only. @throws where there is one already, or it cannot be written */
export async function createArchive(file: string): Promise<ArchiveWriter> {
  const handle = await open(file, "wx", 0o600);
  const gzip = createGzip();
  const sink = createWriteStream("", { fd: handle.fd, autoClose: false });
  const written = pipeline(gzip, sink);
  written.catch(() => undefined);
  return {
    add: (line) =>
      new Promise((resolve, reject) => {
        // The callback comes when the bytes are taken on, which keeps what waits small.
        gzip.write(`${line}\n`, (error) => (error == null ? resolve() : reject(error)));
      }),
    end: async () => {
      gzip.end();
      await written;
      await handle.sync();
      await handle.close();
    },
  };
}

/** Reads an archive line by line. @throws where it is no gzip, or cut off */
export async function* archiveLines(file: string): AsyncGenerator<LogLine> {
  const source = createReadStream(file);
  const gunzip = createGunzip();
  source.on("error", (error) => gunzip.destroy(error));
  yield* linesOf(source.pipe(gunzip));
}

/** Where the signed note of an archive lies. */
export function archiveNoteFile(file: string): string {
  return `${file}.note`;
}

/** A record that marks an archive. */
export type ArchiveRecord = ChainRecord & { readonly archive: NonNullable<ChainRecord["archive"]> };

/** The records of an archive's note, if it is signed. @returns on failure one sentence */
export function archiveRecords(
  note: string,
  verifiers: readonly CheckpointVerifier[] | null,
): Result<readonly ArchiveRecord[], string> {
  const checkpoint = readCheckpoint(note, verifiers);
  if (!checkpoint.ok) return checkpoint;
  const records: ArchiveRecord[] = [];
  for (const line of checkpoint.value.lines) {
    const record = parseRecordLine(line);
    if (!record.ok) return record;
    const { archive } = record.value;
    if (archive !== null) records.push({ ...record.value, archive });
  }
  return records.length === 0 ? err("it marks no archive") : ok(records);
}

/**
 * Verifies an archive by itself: it holds exactly what its note says, chained from where it begins to where it ends, and with
 * the same tree.
 *
 * @returns how many entries it holds; on failure the first place
 */
export async function verifyArchive(
  lines: AsyncIterable<LogLine>,
  records: readonly ArchiveRecord[],
): Promise<Result<number, Finding>> {
  const source = lines[Symbol.asyncIterator]();
  let entries = 0;
  for (const record of records) {
    const { after, lines_sha256 } = record.archive;
    const digest = createHash("sha256");
    const from = headOf({ ...after, writer: record.writer });
    const grown = await growTo(from, record.seq, rangeOf(source, record.writer, record.seq - after.seq), (line) => {
      digest.update(`${line}\n`);
      entries += 1;
    });
    if (!grown.ok) return grown;
    const { sha256, frontier } = grown.value;
    const same = sha256 === record.sha256 && rootOf(frontier.roots) === rootOfRecord(record);
    if (!same || digest.digest("hex") !== lines_sha256) {
      const message = "the archive is not what its note says";
      return err({ code: "rewritten", writer: record.writer, seq: record.seq, message });
    }
  }
  const more = await source.next();
  if (more.done === true) return ok(entries);
  return err({ code: "misplaced", writer: null, seq: null, message: "the archive goes on after its last entry" });
}

/** The next lines as entries; a line that cannot be read is given as it is, to be refused. */
async function* rangeOf(source: AsyncIterator<LogLine>, writer: string, count: number): AsyncGenerator<StoredEntry> {
  for (let left = count; left > 0; left--) {
    const next = await source.next();
    if (next.done === true) return;
    yield { writer, seq: 0, line: next.value.broken === undefined ? next.value.line : "" };
  }
}
