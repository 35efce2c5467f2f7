import { open, rename, rm, stat } from "node:fs/promises";
import type { ArchivedRange, AuditArchivist } from "./archive-log.js";
import { frameOf } from "./frame.js";
import { jsonlLines } from "./jsonl-lines.js";

/**
 * Removes archived entries from a log in a file, by writing it anew without them and renaming. Only for a log that nobody
 * appends to meanwhile: who has it open would go on writing to the old one.
 *
 * @param addCheckpoint - adds to the checkpoints beside the file
 */
export function jsonlArchivist(
  file: string,
  addCheckpoint: (note: string, after: number) => Promise<void>,
): AuditArchivist {
  return {
    removeArchived: async (ranges, checkpoint, after) => {
      // The mark first: entries that are marked and still there do no harm, the other way round they would be missing.
      await addCheckpoint(checkpoint, after);
      await rewriteWithout(file, ranges);
    },
  };
}

async function rewriteWithout(file: string, ranges: readonly ArchivedRange[]): Promise<void> {
  const draft = `${file}.draft`;
  await rm(draft, { force: true });
  const before = await stat(file);
  const handle = await open(draft, "wx", 0o600);
  try {
    let kept: string[] = [];
    for await (const { line, broken } of jsonlLines(file)) {
      if (broken !== undefined) throw new Error(`the log has a line that cannot be kept: ${broken}`);
      if (isArchived(line, ranges)) continue;
      kept.push(`${line}\n`);
      if (kept.length < 1000) continue;
      await handle.appendFile(kept.join(""));
      kept = [];
    }
    await handle.appendFile(kept.join(""));
    await handle.sync();
  } finally {
    await handle.close();
  }
  const now = await stat(file);
  if (now.size !== before.size || now.ino !== before.ino) throw new Error("somebody appends to the log");
  await rename(draft, file);
}

function isArchived(line: string, ranges: readonly ArchivedRange[]): boolean {
  const frame = frameOf(line);
  if (frame === undefined) return false;
  return ranges.some(
    ({ writer, afterSeq, seq }) => frame.writer === writer && frame.seq > afterSeq && frame.seq <= seq,
  );
}
