import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { err, ok, type Result } from "../../src/index.js";

/** Largest file that is read as evidence or searched, in bytes. */
export const maxFileBytes = 2 * 1024 * 1024;

/** Why a path of a packet is none of the repository's: it leads out, it is not there, or it is no plain file. */
export type PathFault = { readonly kind: "outside" | "absent"; readonly message: string };

/**
 * Follows a path from the repository's root without following a symbolic link anywhere on the way: a link could lead to
 * lines that are not in the repository, or change where it leads.
 *
 * @param path - with `/`, as a packet has it
 * @returns whether a file or a folder is there
 */
export function statInside(root: string, path: string): Result<"file" | "folder", PathFault> {
  const parts = path.replace(/^\.\//, "").replace(/\/$/, "").split("/");
  if (isAbsolute(path) || /[\\\0]|^[A-Za-z]:/.test(path) || parts.includes("..")) {
    return err({ kind: "outside", message: `${path} leads out of the repository` });
  }
  if (parts[0] === ".git") return err({ kind: "outside", message: `${path} is no file of the repository` });
  let here = root;
  for (const [index, part] of parts.entries()) {
    if (part === "." || part === "") return err({ kind: "absent", message: `${path} is no plain path` });
    here = join(here, part);
    const stats = statsOf(here);
    const shown = parts.slice(0, index + 1).join("/");
    if (stats === undefined) return err({ kind: "absent", message: `${path} is not there` });
    if (stats.isSymbolicLink()) return err({ kind: "outside", message: `${shown} is a symbolic link` });
    const isLast = index === parts.length - 1;
    if (isLast && stats.isFile()) return ok("file");
    if (!stats.isDirectory())
      return err({ kind: "absent", message: `${shown} is no ${isLast ? "plain file" : "folder"}` });
  }
  return ok("folder");
}

/** Reads a file of the repository as UTF-8, by the same rules. */
export function readInside(root: string, path: string, maxBytes = maxFileBytes): Result<Uint8Array, PathFault> {
  const found = statInside(root, path);
  if (!found.ok) return found;
  if (found.value === "folder") return err({ kind: "absent", message: `${path} is a folder` });
  try {
    // Opened without following, and asked for its size once open: a swap in between changes nothing.
    const opened = openSync(join(root, path), constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      const stats = fstatSync(opened);
      if (!stats.isFile()) return err({ kind: "absent", message: `${path} is no plain file` });
      if (stats.size > maxBytes) return err({ kind: "absent", message: `${path} is larger than ${maxBytes} bytes` });
      return ok(readFileSync(opened));
    } finally {
      closeSync(opened);
    }
  } catch (error) {
    return err({
      kind: "absent",
      message: `${path} cannot be read: ${error instanceof Error ? error.message : error}`,
    });
  }
}

function statsOf(path: string) {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    // A name that no file can have.
    return undefined;
  }
}
