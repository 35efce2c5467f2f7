import { closeSync, constants, lstatSync, mkdirSync, openSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { integerOf } from "../row.js";
import { migrations } from "./migrations.js";

/** A transaction that waits longer than this for another process gives up: an answer is due within a second. */
const busyMs = 900;

/**
 * Opens a database file and brings it to the newest schema. Folder (0700) and file (0600) are made where they are missing.
 *
 * @throws where the file or its folder can be written by others, where the file is a link, and where a newer version wrote it
 */
export function openDatabase(file: string): { readonly db: DatabaseSync; readonly path: string } {
  const path = safeFile(file);
  const db = new DatabaseSync(path, { timeout: busyMs, allowExtension: false });
  try {
    db.exec(pragmas);
    // Refuses statements that could harm the file itself, such as writing to its schema tables.
    db.enableDefensive(true);
    migrate(db);
    return { db, path };
  } catch (error) {
    db.close();
    throw error;
  }
}

/*
 * WAL: one sync a transaction, and readers in other processes (`audit tail`) wait for nobody.
 * FULL: a transaction is on disk when COMMIT returns. NORMAL would lose the last ones when power fails.
 * trusted_schema: functions in triggers or views of a file that somebody prepared do not run.
 * wal_autocheckpoint: each checkpoint syncs twice more; after 16 MB, not 4, there are fewer, and a start reads little more.
 * journal_size_limit: a WAL that a long reader made grow is cut again.
 */
const pragmas = `
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA trusted_schema = OFF;
PRAGMA wal_autocheckpoint = 4000;
PRAGMA journal_size_limit = 67108864;
PRAGMA temp_store = MEMORY;
`;

/** @returns the real path: the folder's links are followed once, here */
function safeFile(file: string): string {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const folder = realpathSync(dirname(file));
  const path = join(folder, basename(file));
  // Whoever can write the folder can put another file, or a journal, in place of ours.
  checkOwnedAlone(folder);
  closeSync(openSync(path, constants.O_CREAT | constants.O_RDWR | constants.O_NOFOLLOW, 0o600));
  checkOwnedAlone(path);
  return path;
}

function checkOwnedAlone(path: string): void {
  if ((lstatSync(path).mode & 0o022) !== 0)
    throw new Error(`others can write ${path}: take that right away (chmod go-w)`);
}

function migrate(db: DatabaseSync): void {
  db.exec("BEGIN IMMEDIATE");
  try {
    const version = integerOf(db.prepare("PRAGMA user_version").get(), "user_version");
    if (version > migrations.length) throw new Error("a newer version of Lockkeeper wrote this database");
    for (const step of migrations.slice(version)) db.exec(step);
    db.exec(`PRAGMA user_version = ${migrations.length}`);
    db.exec("COMMIT");
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}
