import { stat } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { type AuditLog, type LogLine, readEntry } from "../../audit/index.js";
import { printable } from "../../model/index.js";
import type { Terminal } from "../terminal.js";
import { foundLog, type LogFlags, openAuditLog } from "./open-audit-log.js";
import { entryText } from "./read-entries.js";

/** The flags of `lockkeeper audit tail`. */
export type TailFlags = LogFlags & { readonly lines: number; readonly follow?: true };

/** How often the log is looked at, in milliseconds. */
const pollMs = 500;

/** Prints the newest entries, and with `--follow` those that come. */
export async function tailLog(given: TailFlags, terminal: Terminal, signal?: AbortSignal): Promise<number> {
  const flags = await foundLog(given);
  await using log = await openAuditLog(flags);
  const heads = await log.heads();
  const newest = await log.tail(flags.lines);
  for (const line of newest) print(line, terminal);
  if (flags.follow !== true) return 0;
  const seen = new Map(heads.map(({ writer, seq }) => [writer, seq]));
  // What came between the two questions is printed already.
  for (const { writer, seq } of newest) seen.set(writer, Math.max(seq, seen.get(writer) ?? 0));
  let known: number | undefined;
  while (signal?.aborted !== true) {
    // A file is read through for its heads, so it is looked at first whether there is anything new in it.
    const now = flags.file === undefined ? undefined : await sizeOf(flags.file);
    if (now === undefined || now !== known) await printNew(log, seen, terminal);
    known = now;
    await wait(pollMs, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  }
  return 0;
}

async function printNew(log: AuditLog, seen: Map<string, number>, terminal: Terminal): Promise<void> {
  for (const { writer, seq } of await log.heads()) {
    const afterSeq = seen.get(writer) ?? 0;
    if (seq <= afterSeq) continue;
    for await (const entry of log.entries({ writer, afterSeq })) {
      if (entry.seq > seq) break;
      print(entry, terminal);
    }
    seen.set(writer, seq);
  }
}

function print({ line, writer = "?", seq = 0 }: LogLine, terminal: Terminal): void {
  if (terminal.json) {
    terminal.out(line);
    return;
  }
  const entry = readEntry(line);
  terminal.out(entry.ok ? entryText(entry.value) : printable(`unreadable: entry ${seq} of writer ${writer}`));
}

async function sizeOf(file: string): Promise<number> {
  return (await stat(file)).size;
}
