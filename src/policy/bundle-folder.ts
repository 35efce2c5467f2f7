import { constants, type Stats } from "node:fs";
import { lstat, mkdir, mkdtemp, open, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { err, ok, type Problem, type Result } from "../model/index.js";
import { type Bundle, bundleFiles, parseBundle } from "./bundle.js";

const names = { wasm: "policy.wasm", data: "data.json", manifest: ".manifest" } as const;

/**
 * Reads a bundle's folder. The folder and its files must belong to us or to root, and nobody else may write to them:
 * whoever can swap a policy decides what runs.
 *
 * @returns on failure `bundle/unsafe`, `bundle/invalid` or `internal/io`
 */
export async function readBundleFolder(dir: string): Promise<Result<Bundle, readonly Problem[]>> {
  try {
    const folder = await lstat(dir);
    if (!folder.isDirectory()) return err([unsafe(dir, "not a folder")]);
    const wrong = [...writableByOthers(dirname(dir), await lstat(dirname(dir))), ...writableByOthers(dir, folder)];
    if (wrong.length > 0) return err(wrong);
    const read = async (name: string) => new Uint8Array(await readSafely(join(dir, name)));
    const files = { wasm: await read(names.wasm), data: await read(names.data), manifest: await read(names.manifest) };
    return parseBundle(files, dir);
  } catch (error) {
    if (error instanceof Unsafe) return err([unsafe(error.path, error.message)]);
    return err([{ code: "internal/io", message: reasonOf(error), place: { file: dir } }]);
  }
}

/**
 * Writes a bundle's folder whole or not at all: beside its place first, to the disk, then renamed. A folder that is
 * already there is replaced only if it is not this bundle.
 */
export async function writeBundleFolder(bundle: Bundle, dir: string): Promise<Result<void, readonly Problem[]>> {
  try {
    await mkdir(dirname(dir), { recursive: true, mode: 0o700 });
    const draft = await mkdtemp(join(dirname(dir), ".draft-"));
    try {
      const files = bundleFiles(bundle);
      await writeDurably(join(draft, names.wasm), files.wasm);
      await writeDurably(join(draft, names.data), files.data);
      await writeDurably(join(draft, names.manifest), files.manifest);
      await rename(draft, dir);
    } catch (error) {
      await rm(draft, { recursive: true, force: true });
      if (!isOccupied(error)) throw error;
      return await replace(bundle, dir);
    }
    return ok(undefined);
  } catch (error) {
    return err([{ code: "internal/io", message: reasonOf(error), place: { file: dir } }]);
  }
}

/** Two builds of the same bundle may meet: whoever comes second keeps what is there, if it is sound. */
async function replace(bundle: Bundle, dir: string): Promise<Result<void, readonly Problem[]>> {
  const there = await readBundleFolder(dir);
  if (there.ok && there.value.sha256 === bundle.sha256) return ok(undefined);
  const aside = await mkdtemp(join(dirname(dir), ".old-"));
  await rename(dir, join(aside, "bundle"));
  const written = await writeBundleFolder(bundle, dir);
  await rm(aside, { recursive: true, force: true });
  return written;
}

/** Writes a new file and waits until it is on the disk. */
export async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

class Unsafe extends Error {
  readonly path: string;
  constructor(path: string, message: string) {
    super(message);
    this.path = path;
  }
}

/** What is checked is what is read: both go through one descriptor, and a symbolic link is not followed. */
async function readSafely(path: string): Promise<Buffer<ArrayBuffer>> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw new Unsafe(path, "not a plain file");
    const [wrong] = writableByOthers(path, stats);
    if (wrong !== undefined) throw new Unsafe(path, wrong.message);
    return Buffer.from(await readFile(file));
  } finally {
    await file.close();
  }
}

/** Says what is unsafe about a file or folder: another owner, or a mode that lets others write. */
function writableByOthers(path: string, stats: Stats): Problem[] {
  const self = process.getuid?.() ?? 0;
  if (stats.uid !== self && stats.uid !== 0) return [unsafe(path, `it belongs to user ${stats.uid}`)];
  if ((stats.mode & 0o022) === 0) return [];
  // In a folder like /tmp others may add, but not replace, what is not theirs.
  if (stats.isDirectory() && (stats.mode & 0o1000) !== 0) return [];
  return [unsafe(path, `others may write to it (mode ${(stats.mode & 0o777).toString(8)})`)];
}

function unsafe(path: string, message: string): Problem {
  const hint = "the folder and its files must be yours, and writable by you alone: chmod go-w";
  return { code: "bundle/unsafe", message, place: { file: path }, hint };
}

function isOccupied(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOTEMPTY" || error.code === "EEXIST");
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
