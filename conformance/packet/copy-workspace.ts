import { constants } from "node:fs";
import { copyFile, lstat, mkdir, mkdtemp, readdir, readlink, realpath, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { statInside } from "./repository-file.js";

/** A copy of a repository's files that commands may write in. Dispose of it to remove it. */
export type WorkspaceCopy = AsyncDisposable & {
  /** Absolute, without links. */
  readonly path: string;
  /** Links that lead out of the repository: they are not in the copy. */
  readonly leftOut: readonly string[];
};

/**
 * Copies files into a new folder of the system's folder for temporary files, so that what tests write stays out of the
 * repository. A symbolic link is copied as a link where it stays inside, and left out where it does not: a write through it
 * would reach the original.
 *
 * @param files - from the root, with `/`
 * @param folders - folders that are copied whole, such as node_modules; one that is not there is passed over
 */
export async function copyWorkspace(
  root: string,
  files: readonly string[],
  folders: readonly string[],
): Promise<WorkspaceCopy> {
  const path = await realpath(await mkdtemp(join(tmpdir(), "lockkeeper-packet-")));
  const leftOut: string[] = [];
  const made = new Set<string>();
  const copyOne = async (file: string): Promise<void> => {
    const [from, to] = [join(root, file), join(path, file)];
    const stats = await lstat(from).catch(() => undefined);
    if (stats === undefined) return;
    if (stats.isDirectory()) {
      for (const name of await readdir(from)) await copyOne(`${file}/${name}`);
      return;
    }
    if (!made.has(dirname(to))) await mkdir(dirname(to), { recursive: true });
    made.add(dirname(to));
    if (stats.isSymbolicLink()) {
      const target = await readlink(from);
      if (staysInside(root, from, target)) await symlink(target, to);
      else leftOut.push(file);
    } else if (stats.isFile()) await copyFile(from, to, constants.COPYFILE_FICLONE);
  };
  for (const file of files) await copyOne(file);
  for (const folder of folders) if (statInside(root, folder).ok) await copyOne(folder);
  return { path, leftOut, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

function staysInside(root: string, link: string, target: string): boolean {
  if (isAbsolute(target)) return false;
  const way = relative(root, resolve(dirname(link), target));
  return !way.startsWith("..") && !isAbsolute(way);
}
