/** What of the machine can be relied on to stay what it is. */
import { lstatSync, readlinkSync, realpathSync, type Stats } from "node:fs";
import { dirname, normalize, resolve } from "node:path";
import type { FolderIdentity } from "./program/entry-program.js";

/**
 * Where a path leads, if nobody but root could make it lead elsewhere or change what is there: every folder on the way,
 * and on the way of each link, belongs to root and can be written by nobody else, and so does the file.
 *
 * @returns the path without symbolic links; undefined where somebody else could interfere, or nothing is there
 */
export function trustedPath(path: string): string | undefined {
  if (resolve(path) !== path) return undefined;
  try {
    // It throws where links go round in circles, so that following them comes to an end.
    const resolved = realpathSync(path);
    return isRootsAlone(path) ? resolved : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Whether root alone decides what is at a path: what holds it is root's alone, and so is what is there, or what is there
 * is a link, which then only root can have made, to such a path.
 *
 * @requirement SBX-07
 */
function isRootsAlone(path: string): boolean {
  const parent = dirname(path);
  if (parent !== path && !isRootsAlone(parent)) return false;
  const status = lstatSync(path);
  if (!status.isSymbolicLink()) return onlyRootWrites(status);
  const target = readlinkSync(path);
  // Steps back after steps forward would have to be followed as the kernel does; nobody needs them.
  return normalize(target) === target && isRootsAlone(resolve(realpathSync(parent), target));
}

/** @requirement SBX-07 */
function onlyRootWrites({ uid, mode }: Stats): boolean {
  return uid === 0 && (mode & 0o022) === 0;
}

/** Folders that no workspace may hide, and in which none may lie. */
const ownFolders = ["/usr", "/etc", "/proc", "/dev", "/sys", "/run/lockkeeper", "/bin", "/sbin", "/lib", "/lib64"];
/** Folders that are the sandbox's own, in which a workspace may lie. */
const ownParents = ["/", "/tmp", "/var", "/var/tmp", "/run", "/home", "/root"];

/**
 * A workspace as it is now, by what cannot be swapped.
 *
 * @returns a reason where it is none: not a folder, a symbolic link on the way, or a place that the sandbox needs itself
 */
export function lookAtWorkspace(path: string): FolderIdentity | string {
  if (resolve(path) !== path) return "the workspace is no absolute path in its shortest form";
  if (ownParents.includes(path)) return `the workspace may not be ${path}`;
  const inside = ownFolders.find((own) => path === own || path.startsWith(`${own}/`));
  if (inside !== undefined) return `the workspace may not be in ${inside}`;
  try {
    if (realpathSync(path) !== path) return "there is a symbolic link on the way to the workspace";
    const { dev: device, ino: inode, ...status } = lstatSync(path, { bigint: true });
    return (BigInt(0o170000) & status.mode) === BigInt(0o040000)
      ? { path, device, inode }
      : "the workspace is no folder";
  } catch {
    return "the workspace is not there";
  }
}
