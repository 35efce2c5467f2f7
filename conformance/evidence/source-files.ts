import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";
import { join, matchesGlob } from "node:path";
import type { Problem } from "../../src/index.js";

/** What is looked at of a repository. Paths and globs are relative to its root, with `/`. */
export type Walk = {
  /** Folders or files; `.` is the whole repository. One that is not there is a problem. */
  readonly roots: readonly string[];
  /** Tells by a file's path whether it counts. */
  readonly counts: (file: string) => boolean;
  /** Globs of what to leave out, as `node:path` matches them: a folder that matches is not entered. */
  readonly ignore?: readonly string[];
  /** Most files that count; 500 000 unless told. */
  readonly maxFiles?: number;
};

/** A file with what its system knows of it: times in milliseconds, with fractions. */
export type ListedFile = {
  readonly file: string;
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly ino: number;
};

/** Largest file read for evidence, in bytes. */
export const maxSourceBytes = 2 * 1024 * 1024;

const alwaysIgnored = new Set(["node_modules", ".git", ".lockkeeper"]);

/**
 * Lists the files of a repository in sorted order. Symbolic links are never followed, neither to folders nor to files,
 * so that evidence cannot come from outside; what is too much or unreadable is a problem.
 */
export function listFiles(
  root: string,
  { roots, counts, ignore = [], maxFiles = 500_000 }: Walk,
): { readonly files: readonly ListedFile[]; readonly problems: readonly Problem[] } {
  const files = new Map<string, ListedFile>();
  const problems: Problem[] = [];
  let full = false;
  // All that is in a folder is left out by leaving out the folder: a hundred thousand files need no look of their own.
  const folderGlobs = ignore.map((glob) => glob.replace(/(?<=[^/])\/\*\*$/, ""));
  const fileGlobs = ignore.filter((glob, index) => glob === folderGlobs[index]);
  const isIgnored = (path: string, globs = folderGlobs) => globs.some((glob) => matchesGlob(path, glob));
  const add = (file: string): void => {
    if (!counts(file) || isIgnored(file, fileGlobs) || files.has(file)) return;
    if (files.size >= maxFiles) {
      if (!full) problems.push(fault(file, `more than ${maxFiles} files: this one and the rest are not read`));
      full = true;
      return;
    }
    const { size, mtimeMs, ctimeMs, ino } = lstatSync(`${root}/${file}`);
    files.set(file, { file, size, mtimeMs, ctimeMs, ino });
  };
  const enter = (folder: string): void => {
    const entries = attempt(folder, () => readdirSync(join(root, folder), { withFileTypes: true }), problems) ?? [];
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isFile()) attempt(path, () => add(path), problems);
      else if (entry.isDirectory() && !alwaysIgnored.has(entry.name) && !isIgnored(path)) enter(path);
    }
  };
  for (const one of new Set(roots.map(plainRoot).sort())) {
    if (one.split("/").includes("..")) {
      problems.push(fault(one, "a path that leads out of the repository is not followed"));
      continue;
    }
    if (parentsOf(one).some((folder) => isIgnored(folder))) continue;
    const stat = attempt(one, () => lstatSync(join(root, one), { throwIfNoEntry: false }) ?? "none", problems);
    if (stat === undefined) continue;
    if (stat === "none") problems.push(fault(one, "there is no such file or folder"));
    else if (stat.isFile()) add(one);
    else if (stat.isDirectory()) enter(one);
    else problems.push(fault(one, "a symbolic link is not followed"));
  }
  return { files: [...files.values()].sort((a, b) => (a.file < b.file ? -1 : 1)), problems };
}

/** `./src/`, `src` and `src/.` are one root; `.` is the empty path. */
function plainRoot(root: string): string {
  return root
    .split("/")
    .filter((part, index) => part !== "." && (part !== "" || index === 0))
    .join("/");
}

/** The folders that hold a path, outermost first, and itself. */
function parentsOf(path: string): readonly string[] {
  const parts = path.split("/");
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}

function attempt<T>(file: string, action: () => T, problems: Problem[]): T | undefined {
  try {
    return action();
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    problems.push(fault(file, `it cannot be read: ${reason}`));
    return undefined;
  }
}

function fault(file: string, message: string): Problem {
  return { code: "internal/io", message, place: { file } };
}

/**
 * Reads a plain file, not following a link. The open file is asked for its size, so that a swap in between changes
 * nothing.
 *
 * @returns undefined where it is larger, or no plain file
 */
export function readBounded(path: string, maxBytes: number): Buffer | undefined {
  const opened = openPlain(path);
  try {
    const stat = fstatSync(opened);
    return stat.isFile() && stat.size <= maxBytes ? readFileSync(opened) : undefined;
  } finally {
    closeSync(opened);
  }
}

/**
 * Reads a plain file into a buffer, not following a link.
 *
 * @returns how many bytes it has; undefined where the buffer does not hold them and one more
 */
export function readInto(path: string, buffer: Buffer): number | undefined {
  const opened = openPlain(path);
  try {
    // Of a plain file, less than what was asked for is all there is.
    const length = readSync(opened, buffer, 0, buffer.length, null);
    return length < buffer.length ? length : undefined;
  } finally {
    closeSync(opened);
  }
}

/** Without waiting for whoever may write to a pipe. */
function openPlain(path: string): number {
  return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
}
