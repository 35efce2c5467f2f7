import { existsSync } from "node:fs";
import { appendFile, stat, truncate } from "node:fs/promises";
import { type FileLock, tryToHold } from "../file-lock.js";
import { lineFacts } from "../jsonl/line-facts.js";
import { type LineFile, openLineFile } from "../jsonl/line-file.js";
import { readLines } from "../jsonl/read-lines.js";

/** A line that waits for the database, with its place in its chain. */
export type SpilledLine = { readonly writer: string; readonly seq: number; readonly line: string };

/** Takes lines while the database is away, and gives them back in order once it is there again. */
export interface Spill extends AsyncDisposable {
  /** Returns when the lines are durable. */
  add(lines: readonly string[]): Promise<void>;
  /** Whether every line of this process was given back. */
  isEmpty(): boolean;
  /**
   * Gives back all lines, also those that processes that are gone left behind, at most 500 at a time, and forgets each file
   * when all of it was taken. Where `take` rejects, nothing is forgotten, and what was taken is given again next time.
   *
   * @returns how many lines could not be read, such as one that a crash cut short; they are kept beside, in `….cut`
   */
  drain(take: (lines: readonly SpilledLine[]) => Promise<void>): Promise<number>;
}

/** So many processes may spill beside one another. */
const maxFiles = 64;

/** How many lines are given at once. */
const batchLines = 500;

/**
 * Opens a file to spill into. Where a living process has it, the next of `FILE`, `FILE.2`, `FILE.3` is taken: no two write
 * one, so that a file that was emptied was nobody else's. What an earlier process left in it is kept, and given back first.
 *
 * @throws where no file can be opened
 */
export async function openSpill(file: string): Promise<Spill> {
  const locks = `${file}-writers`;
  const names = Array.from({ length: maxFiles }, (_, n) => (n === 0 ? file : `${file}.${n + 1}`));
  const own = firstFree(locks, names);
  const lines = await openLineFile(own.name);
  let isEmpty = (await sizeOf(own.name)) === 0;
  let queue: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = queue.then(work, work);
    queue = done.catch(() => undefined);
    return done;
  };

  return {
    isEmpty: () => isEmpty,
    add: (added) =>
      inTurn(async () => {
        isEmpty = false;
        await lines.add(added);
      }),
    drain: inSingleFile(async (take) => {
      const cut = await drainFile(own.name, take, inTurn, () => {
        isEmpty = true;
      });
      let others = 0;
      for (const name of names.filter((one) => one !== own.name && existsSync(one)))
        others += await drainLeft(locks, name, take);
      return cut + others;
    }),
    [Symbol.asyncDispose]: async () => {
      await inTurn(async () => undefined);
      await closeBoth(lines, own.lock);
    },
  };
}

/** A drain that comes while another runs waits for it: of two that read the same lines, one would empty what came since. */
function inSingleFile(drain: Spill["drain"]): Spill["drain"] {
  let running: Promise<unknown> = Promise.resolve();
  return (take) => {
    const done = running.then(() => drain(take));
    running = done.catch(() => undefined);
    return done;
  };
}

function firstFree(locks: string, names: readonly string[]): { readonly name: string; readonly lock: FileLock } {
  for (const name of names) {
    const lock = tryToHold(locks, name);
    if (lock !== undefined) return { name, lock };
  }
  throw new Error(`${maxFiles} processes spill into this folder already`);
}

async function closeBoth(lines: LineFile, lock: FileLock): Promise<void> {
  await lines[Symbol.asyncDispose]();
  lock.release();
}

type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

/** What a process that is gone left behind. */
async function drainLeft(
  locks: string,
  name: string,
  take: (lines: readonly SpilledLine[]) => Promise<void>,
): Promise<number> {
  const lock = tryToHold(locks, name);
  if (lock === undefined) return 0;
  try {
    return await drainFile(
      name,
      take,
      (work) => work(),
      () => undefined,
    );
  } finally {
    lock.release();
  }
}

/** Gives back a file's lines until there are no more, while others may still be added, and empties it. */
async function drainFile(
  name: string,
  take: (lines: readonly SpilledLine[]) => Promise<void>,
  inTurn: InTurn,
  emptied: () => void,
): Promise<number> {
  const cut: string[] = [];
  let at = 0;
  for (;;) {
    // A line that is being written has no end yet: up to here there are whole ones.
    const end = await inTurn(() => sizeOf(name));
    let batch: SpilledLine[] = [];
    for await (const { text } of readLines(name, { start: at, end })) {
      // Before a line of ours, after one that was cut short, stands the end that it lacked.
      if (text === "") continue;
      const facts = lineFacts(text);
      if (facts === undefined) cut.push(text);
      else batch.push({ ...facts, line: text });
      if (batch.length < batchLines) continue;
      await take(batch);
      batch = [];
    }
    if (batch.length > 0) await take(batch);
    at = end;
    const isDone = await inTurn(async () => {
      if ((await sizeOf(name)) !== end) return false;
      if (cut.length > 0)
        await appendFile(`${name}.cut`, cut.map((line) => `${line}\n`).join(""), { mode: 0o600, flush: true });
      if (end > 0) await truncate(name, 0);
      emptied();
      return true;
    });
    if (isDone) return cut.length;
  }
}

async function sizeOf(name: string): Promise<number> {
  return (await stat(name)).size;
}
