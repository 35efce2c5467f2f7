import { existsSync } from "node:fs";
import {
  type AuditArchivist,
  type AuditLog,
  jsonlArchivist,
  jsonlLines,
  noteOf,
  type Verifiable,
} from "../../audit/index.js";
import { systemClock, systemRandom } from "../../host/index.js";
import { openJsonlLog, openPostgresStore, openSqliteStore, postgresArchivist } from "../../store/index.js";
import { CommandFailure } from "../terminal.js";

/** Where the log is; one of them. */
export type LogFlags = {
  readonly file?: string;
  readonly sqlite?: string;
  readonly databaseUrl?: string;
};

/** Who removes what is archived from a database: a URL of a user that may. */
export type ArchivistFlags = LogFlags & { readonly archivistUrl?: string };

/** An open log. Dispose of it when done. */
export type OpenAudit = AuditLog & AsyncDisposable;

/**
 * Opens the log that the flags name, to read and to append to. What is appended is a chain of its own.
 *
 * @throws CommandFailure where none is named, or it is not there
 */
export async function openAuditLog(flags: LogFlags): Promise<OpenAudit> {
  const { file, sqlite, databaseUrl } = one(flags);
  const world = { writer: newWriter(), clock: systemClock };
  if (file !== undefined) return openJsonlLog(file, world.writer, world.clock);
  const store =
    databaseUrl === undefined
      ? openSqliteStore(sqlite ?? "", world)
      : await openPostgresStore({ ...world, url: databaseUrl, spillFile: null });
  return { ...store.audit, [Symbol.asyncDispose]: () => store.close() };
}

/** The log as something to verify: a file is read byte for byte, and nothing is opened for writing. */
export async function openVerifiable(flags: LogFlags): Promise<Verifiable & AsyncDisposable> {
  const { file } = one(flags);
  if (file === undefined) return openAuditLog(flags);
  return {
    entries: () => jsonlLines(file),
    checkpoints: () => notesIn(`${file}.checkpoints`),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

/** Who removes from the log what is archived; null where that is not for this program to do. */
export function openArchivist({ file, archivistUrl }: ArchivistFlags, log: AuditLog): AuditArchivist | null {
  if (archivistUrl !== undefined) return postgresArchivist(archivistUrl);
  return file === undefined ? null : jsonlArchivist(file, (note, after) => log.addCheckpoint(note, after));
}

/** Whether writers of this log will certainly not ask it how far they have come: those of a file never do. */
export function hasEndedWriters({ file }: LogFlags): boolean {
  return file !== undefined;
}

/** What is no note is told as one that cannot be read. */
async function notesIn(file: string): Promise<readonly string[]> {
  if (!existsSync(file)) return [];
  const notes: string[] = [];
  for await (const { line } of jsonlLines(file)) notes.push(noteOf(line) ?? "");
  return notes;
}

function one(flags: LogFlags): LogFlags {
  const { file, sqlite, databaseUrl } = flags;
  const [place, ...more] = [file, sqlite, databaseUrl].filter((one) => one !== undefined);
  if (place === undefined || more.length > 0) {
    const hint = "with one of --file, --sqlite and --database-url";
    throw new CommandFailure([{ code: "usage/missing", message: "say where the log is", hint }]);
  }
  // Opening would make it, and an empty log verifies.
  if (databaseUrl !== undefined || existsSync(place)) return flags;
  throw new CommandFailure([{ code: "usage/missing", message: "there is no such file", place: { file: place } }]);
}

/** A name that no other process has had. */
function newWriter(): string {
  return `cli-${process.pid}-${Buffer.from(systemRandom.bytes(8)).toString("hex")}`;
}
