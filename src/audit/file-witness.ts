import { mkdir, open, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Witness } from "./witness.js";

/**
 * A file, best on another disk and of another owner, that checkpoints are only ever appended to: each as a JSON text on a
 * line of its own. What a crash left without an end is no checkpoint.
 */
export function fileWitness(file: string): Witness {
  return { name: file, publish: (note) => appendNote(file, note), latest: async () => newestOf(await textOf(file)) };
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

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw error;
  }
}
