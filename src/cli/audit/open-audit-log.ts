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
import { openJsonlLog, openSqliteStore } from "../../store/index.js";
import { CommandFailure } from "../terminal.js";

/** Where the log is; one of them. */
export type LogFlags = {
  readonly file?: string;
  readonly sqlite?: string;
};

/** An open log. Dispose of it when done. */
export type OpenAudit = AuditLog & AsyncDisposable;

/**
 * Opens the log that the flags name, to read and to append to. What is appended is a chain of its own.
 *
 * @throws CommandFailure where none is named, or it is not there
 */
export async function openAuditLog(flags: LogFlags): Promise<OpenAudit> {
  const { file, sqlite } = one(flags);
  if (file !== undefined) return openJsonlLog(file, newWriter(), systemClock);
  const store = openSqliteStore(sqlite ?? "", { writer: newWriter(), clock: systemClock });
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
export function openArchivist({ file }: LogFlags, log: AuditLog): AuditArchivist | null {
  return file === undefined ? null : jsonlArchivist(file, (note, after) => log.addCheckpoint(note, after));
}

/** What is no note is told as one that cannot be read. */
async function notesIn(file: string): Promise<readonly string[]> {
  if (!existsSync(file)) return [];
  const notes: string[] = [];
  for await (const { line } of jsonlLines(file)) notes.push(noteOf(line) ?? "");
  return notes;
}

function one(flags: LogFlags): LogFlags {
  const named = [flags.file, flags.sqlite].filter((place) => place !== undefined);
  const [place] = named;
  if (place === undefined || named.length > 1) {
    throw new CommandFailure([
      { code: "usage/missing", message: "say where the log is", hint: "with one of --file and --sqlite" },
    ]);
  }
  // Opening would make it, and an empty log verifies.
  if (existsSync(place)) return flags;
  throw new CommandFailure([{ code: "usage/missing", message: "there is no such file", place: { file: place } }]);
}

/** A name that no other process has had. */
function newWriter(): string {
  return `cli-${process.pid}-${Buffer.from(systemRandom.bytes(8)).toString("hex")}`;
}
