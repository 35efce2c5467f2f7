/**
 * Holds the bytes of a program from the look at it until it runs.
 *
 * A descriptor would not do: binding one fails after a rename and runs other bytes after an overwrite in place. So what
 * only root can change is taken as it is; anything else is copied while it is hashed, and the copy is what runs.
 */
import { createHash } from "node:crypto";
import { chmod, constants, type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { trustedPath } from "./host-paths.js";

/** A program that stays as it is. */
export type PinnedProgram =
  /** Seen through a folder that every run sees. */
  | { readonly kind: "visible"; readonly path: string }
  /** Bound by itself. */
  | { readonly kind: "bound"; readonly path: string }
  /** A copy that is named by its hash. */
  | { readonly kind: "copied"; readonly source: string; readonly name: string; readonly sha256: string };

/** Largest program that is copied, in bytes. */
const maxProgramBytes = 1024 * 1024 * 1024;
const chunkBytes = 1024 * 1024;
const maxCopies = 256;

/** Copies by their hash. */
export type ProgramStore = {
  readonly folder: string;
  /** Which copies are there. */
  readonly known: Set<string>;
};

/** Makes a store in a folder that nobody else can write to. */
export async function openProgramStore(folder: string): Promise<ProgramStore> {
  await mkdir(folder);
  await chmod(folder, 0o711);
  return { folder, known: new Set() };
}

/**
 * Pins a program.
 *
 * @param visible - folders that every run sees, read-only
 * @param expected - the SHA-256 that was decided upon, in lower-case hexadecimal; null where none was
 * @returns on failure why it may not run
 */
export async function pinProgram(
  store: ProgramStore,
  path: string,
  visible: readonly string[],
  expected: string | null,
): Promise<PinnedProgram | string> {
  const trusted = trustedPath(path);
  if (trusted === undefined) return copied(store, path, expected);
  if (expected !== null && (await hashOf(trusted)) !== expected) return otherBytes(path);
  if (visible.some((folder) => trusted.startsWith(`${folder}/`))) {
    // By the path that was decided upon where that is seen inside as well.
    const asAsked = visible.some((folder) => path.startsWith(`${folder}/`));
    return { kind: "visible", path: asAsked ? path : trusted };
  }
  return { kind: "bound", path: trusted };
}

function otherBytes(path: string): string {
  return `${path} is not the program that was decided upon`;
}

/** SHA-256 of a file in hexadecimal; what a decision can be bound to. */
export async function hashOf(path: string): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    return await hashed(file, () => undefined);
  } finally {
    await file.close();
  }
}

async function copied(store: ProgramStore, path: string, expected: string | null): Promise<PinnedProgram | string> {
  let source: FileHandle;
  try {
    // A pipe would keep us waiting for somebody to write to it.
    source = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return `${path} cannot be read`;
  }
  const partial = join(store.folder, `partial-${process.pid}-${++partials}`);
  try {
    const status = await source.stat();
    if (!status.isFile() || status.size > maxProgramBytes) return `${path} is no program`;
    if ((status.mode & 0o111) === 0) return `${path} is not executable`;
    const sha256 = await copyHashed(source, partial);
    if (expected !== null && sha256 !== expected) return otherBytes(path);
    await keep(store, partial, sha256);
    return { kind: "copied", source: join(store.folder, sha256), name: basename(path), sha256 };
  } finally {
    await source.close();
    await rm(partial, { force: true });
  }
}

let partials = 0;

/** Keeps the newest copies only; one that runs stays until it has ended, whether it has a name or not. */
async function keep(store: ProgramStore, partial: string, sha256: string): Promise<void> {
  if (!store.known.delete(sha256)) await rename(partial, join(store.folder, sha256));
  store.known.add(sha256);
  const [oldest] = store.known;
  if (store.known.size <= maxCopies || oldest === undefined) return;
  store.known.delete(oldest);
  await rm(join(store.folder, oldest), { force: true });
}

/** What is hashed is what is written, chunk by chunk: the file may change meanwhile, the copy is of what was hashed. */
async function copyHashed(source: FileHandle, to: string): Promise<string> {
  const copy = await open(to, "wx", 0o500);
  try {
    await copy.chmod(0o555);
    return await hashed(source, async (chunk) => {
      await copy.writeFile(chunk);
    });
  } finally {
    await copy.close();
  }
}

async function hashed(source: FileHandle, each: (chunk: Buffer) => void | Promise<void>): Promise<string> {
  const hash = createHash("sha256");
  const buffer = Buffer.allocUnsafe(chunkBytes);
  let total = 0;
  for (;;) {
    const { bytesRead } = await source.read(buffer, 0, buffer.length, null);
    if (bytesRead === 0) return hash.digest("hex");
    total += bytesRead;
    if (total > maxProgramBytes) throw new Error("a program that grows");
    const chunk = buffer.subarray(0, bytesRead);
    hash.update(chunk);
    await each(chunk);
  }
}
