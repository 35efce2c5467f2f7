import { type AuditLog, chainEntry, emptyHead } from "../../audit/index.js";
import type { Clock, Entry } from "../../model/index.js";
import type { Outcome } from "../batch/calls.js";
import { groupCommit } from "../batch/group-commit.js";
import { checkCount } from "../checkpoint-count.js";
import { holdLock } from "../file-lock.js";
import { openLineFile } from "./line-file.js";
import { noteText, readLog } from "./read-log.js";

/** An audit log with a file behind it. Dispose of it to close the file. */
export type JsonlLog = AuditLog & AsyncDisposable;

/**
 * Opens an append-only audit file: one canonical JSON entry a line, each holding the SHA-256 of its writer's line before.
 * Several processes may append to one file; each is a writer with a chain of its own. What is appended at the same time
 * shares one sync. Checkpoints lie beside it, in a file of the same name and `.checkpoints`.
 *
 * @param writer - this process's name, at most 64 characters, never used again
 * @throws where the file cannot be opened; `append` rejects where a line could not be made durable, and from then on
 */
export async function openJsonlLog(file: string, writer: string, clock: Clock): Promise<JsonlLog> {
  const checkpointFile = `${file}.checkpoints`;
  const lines = await openLineFile(file);
  let head = emptyHead(writer);

  const write = async (entries: readonly Entry[]): Promise<readonly Outcome<void>[]> => {
    const added: string[] = [];
    let next = head;
    const outcomes = entries.map((entry): Outcome<void> => {
      try {
        const chained = chainEntry(next, entry, clock.nowMs());
        added.push(chained.line);
        next = chained.head;
        return { ok: true, value: undefined };
      } catch (error) {
        return { ok: false, error };
      }
    });
    if (added.length > 0) await lines.add(added);
    head = next;
    return outcomes;
  };
  const commit = groupCommit(write);
  const reader = readLog(file, checkpointFile);

  return {
    ...reader,
    append: (entry) => commit.submit(entry),
    addCheckpoint: async (note, after) => {
      const lock = holdLock(`${file}-writers`, "checkpoints");
      try {
        checkCount((await reader.checkpoints()).length, after);
        await using notes = await openLineFile(checkpointFile);
        await notes.add([noteText(note)]);
      } finally {
        lock.release();
      }
    },
    [Symbol.asyncDispose]: async () => {
      await commit.idle();
      await lines[Symbol.asyncDispose]();
    },
  };
}

/** A log as one who only appends knows it. */
export type JsonlRecorder = JsonlLog;

/** @see openJsonlLog */
export const openJsonlRecorder = openJsonlLog;
