import { type FileHandle, mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import { maxNoteLength } from "./signed-note.js";
import type { Witness } from "./witness.js";

/**
 * A file, best on another disk and of another owner, that checkpoints are only ever appended to: each as a JSON text on a
 * line of its own. What a crash left without an end is no checkpoint.
 */
export function fileWitness(file: string): Witness {
  return { name: file, publish: (note) => appendNote(file, note), latest: async () => newestOf(await endOf(file)) };
}

async function appendNote(file: string, note: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const handle = await open(file, "a+", 0o600);
  try {
    const { size } = await handle.stat();
    const last = size === 0 ? undefined : (await handle.read(Buffer.alloc(1), 0, 1, size - 1)).buffer[0];
    const lead = last === undefined || last === 0x0a ? "" : "\n";
    await handle.appendFile(`${lead}${JSON.stringify(note)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The newest whole note; the first line may have lost its beginning, and then is none. */
function newestOf(text: string): string | null {
  const lines = text.split("\n").slice(0, -1);
  for (const line of lines.reverse()) {
    const note = noteOf(line);
    if (note !== undefined) return note;
  }
  return null;
}

/** The note of a line of checkpoints; undefined where it holds none. */
export function noteOf(line: string): string | undefined {
  try {
    const note: unknown = JSON.parse(line);
    return typeof note === "string" ? note : undefined;
  } catch {
    return undefined;
  }
}

/** Only the end is read, for a witness keeps everything it was ever given. */
async function endOf(file: string): Promise<string> {
  let handle: FileHandle;
  try {
    handle = await open(file, "r");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw error;
  }
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, 4 * maxNoteLength);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await handle.close();
  }
}
