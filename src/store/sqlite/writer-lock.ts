import { hash } from "node:crypto";
import { closeSync, constants, existsSync, mkdirSync, openSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** Shows that a writer lives, for as long as it is held. */
export interface WriterLock {
  release(): void;
}

/**
 * Holds a lock in this writer's name. The operating system lets go of it when the process ends, however it ends: no pid to be
 * reused, no lease to wait for. A lock of SQLite's own is used, on an empty file, because Node has no call for one.
 *
 * @param folder - of the locks of one store
 * @throws where another process writes under this name
 */
export function holdWriterLock(folder: string, writer: string): WriterLock {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = lockPath(folder, writer);
  const lock = tryLock(path);
  if (lock === undefined) throw new Error("another process writes under this name");
  return {
    release: () => {
      rmSync(path, { force: true });
      lock.close();
    },
  };
}

/** Whether nobody holds the writer's lock. Its file is then removed. */
export function isWriterGone(folder: string, writer: string): boolean {
  const path = lockPath(folder, writer);
  if (!existsSync(path)) return true;
  const lock = tryLock(path);
  if (lock === undefined) return false;
  rmSync(path, { force: true });
  lock.close();
  return true;
}

/** A writer's name may hold anything; a file's may not. */
function lockPath(folder: string, writer: string): string {
  return join(folder, hash("sha256", writer, "hex").slice(0, 32));
}

function tryLock(path: string): DatabaseSync | undefined {
  closeSync(openSync(path, constants.O_CREAT | constants.O_RDWR | constants.O_NOFOLLOW, 0o600));
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
