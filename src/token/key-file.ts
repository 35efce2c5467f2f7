import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { err, ok, type Problem, type Result } from "../model/index.js";
import { maxKeySetBytes, parseKeySet, privateJwks } from "./key-set.js";
import type { KeySet } from "./signing-key.js";

/**
 * Reads the key file: a JWKS with private keys. It must be a regular file, belong to whom we run as, and be open to nobody
 * else; what is looked at is the open file, so that nobody can swap it in between.
 *
 * @returns on failure `key/missing`, `key/invalid`, `key/weak` or `internal/io`
 */
export async function readKeyFile(path: string): Promise<Result<KeySet, readonly Problem[]>> {
  const place = { file: path };
  let file: FileHandle | undefined;
  try {
    file = await open(path, "r");
    const stats = await file.stat();
    const fault = stats.isFile() ? exposureOf(stats.mode, stats.uid, process.getuid?.()) : "it is not a regular file";
    if (fault !== undefined)
      return err([
        { code: "key/invalid", message: `the key file is not safe: ${fault}`, place, hint: `chmod 600 ${path}` },
      ]);
    if (stats.size > maxKeySetBytes) return err([{ code: "key/invalid", message: "the key file is too large", place }]);
    return parseKeySet(await file.readFile("utf8"), path);
  } catch (error) {
    return err([unreadable(error, path)]);
  } finally {
    await file?.close();
  }
}

/**
 * Who else could have the keys, by a file's mode and owner; undefined where nobody could.
 *
 * @requirement EXE-17
 */
export function exposureOf(mode: number, owner: number, self: number | undefined): string | undefined {
  if (self === undefined) return undefined;
  if (owner !== self) return "it belongs to somebody else";
  return (mode & 0o077) === 0 ? undefined : "others may open it";
}

/** A change of the keys: the set as it is (empty where there is no file), to the set as it shall be. */
export type KeyChange = (keySet: KeySet) => Result<KeySet, Problem>;

/**
 * Changes the key file, whole or not at all: the new one is written beside it, mode 0600, brought to the disk, and renamed. Two
 * changes at a time cannot both win.
 *
 * @returns the new set; on failure what reading gives, what the change gives, or `internal/io`
 */
export async function changeKeyFile(path: string, change: KeyChange): Promise<Result<KeySet, readonly Problem[]>> {
  const draft = `${path}.new`;
  let file: FileHandle;
  try {
    file = await open(draft, "wx", 0o600);
  } catch (error) {
    return err([unwritable(error, draft)]);
  }
  let renamed = false;
  try {
    const before = await readKeyFile(path);
    const none = !before.ok && before.error.every(({ code }) => code === "key/missing");
    if (!before.ok && !none) return before;
    const after = change(before.ok ? before.value : { keys: [] });
    if (!after.ok) return err([after.error]);
    await file.writeFile(`${JSON.stringify(privateJwks(after.value), null, 2)}\n`);
    await file.sync();
    await rename(draft, path);
    renamed = true;
    return ok(after.value);
  } catch (error) {
    return err([unwritable(error, path)]);
  } finally {
    await file.close();
    // Once it is renamed, a file of that name is somebody else's.
    if (!renamed) await rm(draft, { force: true });
  }
}

function unreadable(error: unknown, file: string): Problem {
  if (codeOf(error) === "ENOENT") {
    const hint = `make one with: lockkeeper keys generate --keys ${file}`;
    return { code: "key/missing", message: "there is no key file", place: { file }, hint };
  }
  return { code: "internal/io", message: `the key file cannot be read: ${codeOf(error)}`, place: { file } };
}

function unwritable(error: unknown, file: string): Problem {
  const busy = codeOf(error) === "EEXIST";
  const message = busy ? "the keys are being changed by somebody else" : `the keys cannot be written: ${codeOf(error)}`;
  return { code: "internal/io", message, place: { file }, ...(busy ? { hint: "if nobody is, remove this file" } : {}) };
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown";
}
