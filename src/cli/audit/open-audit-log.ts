import { existsSync } from "node:fs";
import { resolve } from "node:path";
import {
  type AuditArchivist,
  type AuditLog,
  jsonlArchivist,
  jsonlLines,
  noteOf,
  type Verifiable,
} from "../../audit/index.js";
import { auditPlace } from "../../gateway/index.js";
import { systemClock, systemRandom } from "../../host/index.js";
import {
  openJsonlLog,
  openPostgresStore,
  openSqliteStore,
  postgresArchivist,
  sqliteArchivist,
} from "../../store/index.js";
import { gatewayConfig } from "../serve/gateway-config.js";
import { CommandFailure } from "../terminal.js";
import type { GatewayFlags } from "./checkpoint-keys.js";

/** Where the log is; one of them. */
export type LogFlags = GatewayFlags & {
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
 * @throws CommandFailure where it is not there
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
export async function openArchivist(
  { file, sqlite, archivistUrl }: ArchivistFlags,
  log: AuditLog,
): Promise<AuditArchivist | null> {
  if (archivistUrl !== undefined) return postgresArchivist(archivistUrl);
  if (sqlite !== undefined) return sqliteArchivist(sqlite);
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

/**
 * Finds the log where no flag names it: it is the one that the gateway writes whose configuration is named or lies here. Every
 * command asks this first, for keys and witnesses come with it.
 *
 * @returns the flags, with the log and the gateway among them
 */
export async function foundLog<F extends LogFlags>(flags: F): Promise<F> {
  const { config, file, sqlite, databaseUrl } = flags;
  const named = [config, file, sqlite, databaseUrl].filter((one) => one !== undefined);
  if (named.length > 1) {
    throw new CommandFailure([{ code: "usage/flag", message: "say once where the log is", hint: waysToSay }]);
  }
  if (named.length === 1 && config === undefined) return flags;
  const gateway = await gatewayConfig(config);
  return { ...flags, ...auditPlace(gateway.settings, resolve(gateway.root, gateway.settings.data)), gateway };
}

const waysToSay = "with one of --config, --file, --sqlite and --database-url";

function one(flags: LogFlags): LogFlags {
  const { file, sqlite, databaseUrl, gateway } = flags;
  const place = file ?? sqlite;
  // Opening would make it, and an empty log verifies.
  if (place === undefined ? databaseUrl !== undefined : existsSync(place)) return flags;
  const message =
    gateway === undefined ? "there is no such file" : "the gateway that is configured has no log here yet";
  const hint = gateway === undefined ? {} : { hint: `in another folder, say where the log is ${waysToSay}` };
  throw new CommandFailure([{ code: "usage/missing", message, place: { file: place ?? "" }, ...hint }]);
}

/** A name that no other process has had. */
function newWriter(): string {
  return `cli-${process.pid}-${Buffer.from(systemRandom.bytes(8)).toString("hex")}`;
}
