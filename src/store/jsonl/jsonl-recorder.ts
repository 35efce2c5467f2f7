import { hash } from "node:crypto";
import { mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import canonicalize from "canonicalize";
import type { Recorder } from "../../gate/index.js";
import type { AuditEntry, Clock, Entry } from "../../model/index.js";

/** A recorder with a file behind it. Dispose of it to close the file. */
export type JsonlRecorder = Recorder & AsyncDisposable;

/**
 * Opens an append-only audit file: one canonical JSON entry a line, each holding the SHA-256 of its writer's line before.
 * Several processes may append to one file; each is a writer with a chain of its own. The folder and the file are made
 * readable by their owner only.
 *
 * @param writer - this process's name, at most 64 characters, never used again
 * @throws where the file cannot be opened; `append` rejects where a line could not be made durable, and from then on
 */
export async function openJsonlRecorder(file: string, writer: string, clock: Clock): Promise<JsonlRecorder> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const handle = await open(file, "a+", 0o600);
  let previous = "0".repeat(64);
  let seq = 0;
  // A line that a crash left without its end is ended here, so that ours starts on a line of its own.
  let lead = await leadFor(handle);
  let queue: Promise<void> = Promise.resolve();

  const write = async (entry: Entry) => {
    const chained: AuditEntry = {
      ...entry,
      schema: "lockkeeper/audit-entry/v1",
      writer,
      seq: seq + 1,
      at_ms: clock.nowMs(),
      prev_sha256: previous,
    };
    const line = canonicalize(chained);
    if (line === undefined) throw new Error("an entry without a JSON form");
    await handle.appendFile(`${lead}${line}\n`);
    await handle.datasync();
    lead = "";
    seq += 1;
    previous = hash("sha256", line, "hex");
  };

  return {
    append: (entry) => {
      // A failure stays in the queue: after a line that may be torn, nothing more is written.
      queue = queue.then(() => write(entry));
      queue.catch(() => undefined);
      return queue;
    },
    [Symbol.asyncDispose]: async () => {
      await queue.catch(() => undefined);
      await handle.close();
    },
  };
}

async function leadFor(handle: Awaited<ReturnType<typeof open>>): Promise<"" | "\n"> {
  const { size } = await handle.stat();
  if (size === 0) return "";
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] === 0x0a ? "" : "\n";
}
