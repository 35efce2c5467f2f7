/** What of the machine can be relied on to stay what it is. */
import { lstatSync, readlinkSync, realpathSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import type { FolderIdentity } from "./program/entry-program.js";

/** As many symbolic links as the kernel follows. */
const maxLinks = 40;

/**
 * Where a path leads, if nobody but root could make it lead elsewhere or change what is there: every folder on the way
 * belongs to root and can be written by nobody else, and so does the file.
 *
 * @returns the path without symbolic links; undefined where somebody else could interfere, or nothing is there
 * @requirement SBX-07
 */
export function trustedPath(path: string): string | undefined {
  if (resolve(path) !== path) return undefined;
  let resolved = "/";
  let rest = path.split("/").filter((part) => part !== "");
  let links = 0;
  try {
    if (!onlyRootsOwn("/")) return undefined;
    while (rest.length > 0) {
      const [part = "", ...after] = rest;
      const next = join(resolved, part);
      const target = linkTarget(next);
      if (target === undefined) {
        if (!onlyRootsOwn(next)) return undefined;
        resolved = next;
        rest = after;
      } else {
        if (++links > maxLinks) return undefined;
        // The folder that holds the link is root's alone, so root made the link.
        const parts = target.split("/").filter((one) => one !== "" && one !== ".");
        if (isAbsolute(target)) resolved = "/";
        rest = [...parts, ...after];
      }
      while (rest[0] === "..") {
        resolved = dirname(resolved);
        rest = rest.slice(1);
      }
    }
    return resolved;
  } catch {
    return undefined;
  }
}

function linkTarget(path: string): string | undefined {
  return lstatSync(path).isSymbolicLink() ? readlinkSync(path) : undefined;
}

function onlyRootsOwn(path: string): boolean {
  const { uid, mode } = lstatSync(path);
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
