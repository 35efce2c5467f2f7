/**
 * Folders of ours among those of others, such as in `/tmp`: which process has one is told by a lock, so that what a process
 * left behind that was killed can be removed, and what a living one uses cannot.
 */
import { closeSync, constants, lstatSync, mkdtempSync, openSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** What a folder's name begins with. */
export type FolderKind = "lockkeeper-sandbox-" | "lockkeeper-scratch-";

/** A folder that this process has. */
export type OwnedFolder = {
  readonly path: string;
  /** Removes it, and what is in it. */
  remove(): void;
};

/** What `mkdtemp` makes of a prefix of ours. */
const ours = /^lockkeeper-(?:sandbox|scratch)-[A-Za-z0-9]{6}$/;

/** The file within that is locked. */
const ownerFile = "owner";

/** Makes a folder with mode 0700, and holds it for as long as this process lives. */
export function makeOwnedFolder(parent: string, kind: FolderKind): OwnedFolder {
  const path = mkdtempSync(join(parent, kind));
  const making = join(path, `${ownerFile}.new`);
  closeSync(openSync(making, constants.O_CREAT | constants.O_EXCL | constants.O_RDWR | constants.O_NOFOLLOW, 0o600));
  const lock = tryLock(making);
  // Under its name it is locked from the first moment: nobody takes the folder for one that was left.
  renameSync(making, join(path, ownerFile));
  return {
    path,
    remove: () => {
      rmSync(path, { recursive: true, force: true });
      lock?.close();
    },
  };
}

/**
 * Removes folders of ours whose process is gone. Links are not followed, and what belongs to somebody else, or cannot be
 * removed, is left alone.
 *
 * @returns what was removed
 */
export function removeLeftFolders(parent: string): readonly string[] {
  const named = readdirSync(parent).filter((name) => ours.test(name));
  return named.map((name) => join(parent, name)).filter(removeIfLeft);
}

function removeIfLeft(path: string): boolean {
  try {
    const owner = join(path, ownerFile);
    const uid = process.getuid?.();
    const [folder, file] = [lstatSync(path), lstatSync(owner)];
    if (!folder.isDirectory() || folder.uid !== uid || !file.isFile() || file.uid !== uid) return false;
    const lock = tryLock(owner);
    if (lock === undefined) return false;
    rmSync(path, { recursive: true, force: true });
    lock.close();
    return true;
  } catch {
    // Another process was faster, or the folder is not what one of ours is.
    return false;
  }
}

/**
 * Locks a file, unless somebody has. The operating system lets go of it when the process ends, however it ends: no pid to be
 * used again, or to mean another process in another container. A lock of SQLite's, on an empty file, because Node has no
 * call for one.
 *
 * INVARIANT: SQLite alone opens the file once it is locked. Closing any other descriptor of it would let go of every lock that
 * this process has on it (POSIX), and somebody else would take a folder in use for one that was left.
 */
function tryLock(file: string): DatabaseSync | undefined {
  const lock = new DatabaseSync(file, { timeout: 0 });
  try {
    // Nothing is written, so no journal of it is needed beside.
    lock.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
    return lock;
  } catch {
    lock.close();
    return undefined;
  }
}
