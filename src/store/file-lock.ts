import { hash } from "node:crypto";
import { closeSync, constants, existsSync, lstatSync, mkdirSync, openSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** A name that one living process holds. */
export interface FileLock {
  release(): void;
}

/**
 * Holds a lock on a name. The operating system lets go of it when the process ends, however it ends: no pid to be reused, no
 * lease to wait for. A lock of SQLite's own is used, on an empty file, because Node has no call for one.
 *
 * @param folder - of the locks; made where it is missing
 * @throws where another process, or this one, holds it
 */
export function holdLock(folder: string, name: string): FileLock {
  const lock = tryToHold(folder, name);
  if (lock === undefined) throw new Error("another process holds this name");
  return lock;
}

/** Holds a lock on a name, unless somebody does. */
export function tryToHold(folder: string, name: string): FileLock | undefined {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = lockPath(folder, name);
  const lock = tryLock(path);
  if (lock === undefined) return undefined;
  return {
    release: () => {
      rmSync(path, { force: true });
      lock.close();
    },
  };
}

/** Whether nobody holds the name. */
export function isFree(folder: string, name: string): boolean {
  if (!existsSync(lockPath(folder, name))) return true;
  const lock = tryToHold(folder, name);
  lock?.release();
  return lock !== undefined;
}

/** A name may hold anything; a file's may not. */
function lockPath(folder: string, name: string): string {
  return join(folder, hash("sha256", name, "hex").slice(0, 32));
}

/**
 * INVARIANT: SQLite alone opens a file that may be locked. Closing any other descriptor of it would let go of every lock that this
 * process has on it (POSIX), and another process would take the holder for dead.
 */
function tryLock(path: string): DatabaseSync | undefined {
  makeFile(path);
  const lock = new DatabaseSync(path, { timeout: 0 });
  try {
    lock.exec("BEGIN EXCLUSIVE");
    return lock;
  } catch (error) {
    lock.close();
    if (error instanceof Error && error.message.includes("locked")) return undefined;
    throw error;
  }
}

/** Makes the file where there is none. */
function makeFile(path: string): void {
  try {
    closeSync(openSync(path, constants.O_CREAT | constants.O_EXCL | constants.O_RDWR | constants.O_NOFOLLOW, 0o600));
  } catch (error) {
    const isThere = error instanceof Error && "code" in error && error.code === "EEXIST";
    if (!isThere || !lstatSync(path).isFile()) throw error;
  }
}
