import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readFileSync } from "node:fs";
import { join, matchesGlob } from "node:path";
import type { Problem } from "../../src/index.js";
import type { SourceFile } from "./cited-place.js";

/** What is read of a repository. Paths and globs are relative to its root, with `/`. */
export type Walk = {
  /** Folders or files to read. One that is not there is a problem. */
  readonly roots: readonly string[];
  /** Ends of names that count, such as `.ts`. */
  readonly suffixes: readonly string[];
  /** Globs of what to leave out, as `node:path` matches them: a folder that matches is not entered. */
  readonly ignore?: readonly string[];
  /** Most files read; 20 000 unless told. */
  readonly maxFiles?: number;
  /** Largest file read, in bytes; 2 MiB unless told. */
  readonly maxFileBytes?: number;
};

const alwaysIgnored = ["**/node_modules", "**/.git", "node_modules", ".git"];

/**
 * Reads the files of a repository in sorted order. Symbolic links are never followed, neither to folders nor to
 * files, so that evidence cannot come from outside; what is too large, too much or unreadable is a problem.
 */
export function readSourceFiles(
  root: string,
  { roots, suffixes, ignore = [], maxFiles = 20_000, maxFileBytes = 2 * 1024 * 1024 }: Walk,
): { readonly files: readonly SourceFile[]; readonly problems: readonly Problem[] } {
  const files: SourceFile[] = [];
  const problems: Problem[] = [];
  let full = false;
  const globs = [...alwaysIgnored, ...ignore];
  const fault = (file: string, message: string): void => {
    problems.push({ code: "internal/io", message, place: { file } });
  };
  const read = (file: string): void => {
    if (!suffixes.some((suffix) => file.endsWith(suffix))) return;
    if (files.length >= maxFiles) {
      if (!full) fault(file, `more than ${maxFiles} files: this one and the rest are not read`);
      full = true;
      return;
    }
    const bytes = readBounded(join(root, file), maxFileBytes);
    if (bytes === undefined) fault(file, `the file is larger than ${maxFileBytes} bytes, or no plain file`);
    else files.push({ file, text: bytes.toString("utf8") });
  };
  const visit = (path: string): void => {
    if (globs.some((glob) => matchesGlob(path, glob))) return;
    const stat = lstatSync(join(root, path), { throwIfNoEntry: false });
    if (stat === undefined) fault(path, "there is no such file or folder");
    else if (stat.isFile()) read(path);
    else if (stat.isDirectory()) {
      for (const name of readdirSync(join(root, path)).sort()) visit(`${path}/${name}`);
    } else if (roots.includes(path)) fault(path, "a symbolic link is not followed");
  };
  for (const one of [...new Set(roots)].sort()) {
    try {
      visit(one);
    } catch (thrown) {
      fault(one, `the folder cannot be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
    }
  }
  return { files, problems };
}

/**
 * Reads a plain file, not following a link. The open file is asked for its size, so that a swap in between changes
 * nothing.
 *
 * @returns undefined where it is larger, or no plain file
 */
export function readBounded(path: string, maxBytes: number): Buffer | undefined {
  const opened = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stat = fstatSync(opened);
    return stat.isFile() && stat.size <= maxBytes ? readFileSync(opened) : undefined;
  } finally {
    closeSync(opened);
  }
}
