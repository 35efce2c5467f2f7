import { mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";

/** A file that lines are added to. */
export interface LineFile extends AsyncDisposable {
  /** Adds lines, all in one write, and returns when they are durable. */
  add(lines: readonly string[]): Promise<void>;
}

/**
 * Opens a file to add lines to. The folder (0700) and the file (0600) are made where they are missing. A line that a crash
 * left without its end is ended first, so that ours start on a line of their own.
 *
 * @throws where the file cannot be opened; `add` rejects where lines could not be made durable, and from then on
 */
export async function openLineFile(file: string): Promise<LineFile> {
  const made = await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const handle = await open(file, "a+", 0o600);
  if (made !== undefined) await syncFolder(dirname(file));
  // Looked at when the first line is written: whoever opened the file may cut such a line off before.
  let lead: "" | "\n" | undefined;
  let failure: unknown;
  return {
    add: async (lines) => {
      // After a line that may be torn, nothing more is written.
      if (failure !== undefined) throw failure;
      try {
        lead ??= await leadFor(handle);
        await handle.appendFile(lead + lines.map((line) => `${line}\n`).join(""));
        await handle.datasync();
        lead = "";
      } catch (error) {
        failure = error;
        throw error;
      }
    },
    [Symbol.asyncDispose]: () => handle.close(),
  };
}

/** A new file is durable when its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  await handle.sync().finally(() => handle.close());
}

async function leadFor(handle: Awaited<ReturnType<typeof open>>): Promise<"" | "\n"> {
  const { size } = await handle.stat();
  if (size === 0) return "";
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] === 0x0a ? "" : "\n";
}
