import { hash } from "node:crypto";
import { type EntryRange, emptyHead, type Head, type StoredEntry } from "../../audit/index.js";
import type { AuditReader } from "../batch/audit-reader.js";
import { lineColumns, lineFacts } from "./line-facts.js";
import { readLines } from "./read-lines.js";

/** The writer that a line without one is told under: a crash cut it short, or somebody changed it. */
const nobody = "";

/**
 * Reads an audit file by streaming it. Lines that are no entries are told as the writer ``'s, numbered by line, so that
 * whoever verifies sees them.
 */
export function readLog(file: string, checkpointFile: string): AuditReader {
  return {
    heads: () => headsIn(file),
    entries: (range) => entriesIn(file, range ?? {}),
    tail: (count) => tailOf(file, count),
    about: (id) => aboutIn(file, id),
    checkpoints: async () => {
      const notes: string[] = [];
      for await (const { text } of readLines(checkpointFile)) notes.push(noteFrom(text));
      return notes;
    },
  };
}

/** A checkpoint holds newlines, and so is stored as a JSON text. */
export function noteText(note: string): string {
  return JSON.stringify(note);
}

function noteFrom(text: string): string {
  const note: unknown = JSON.parse(text);
  if (typeof note !== "string") throw new Error("a checkpoint cannot be read");
  return note;
}

async function headsIn(file: string): Promise<readonly Head[]> {
  const last = new Map<string, StoredEntry>();
  for await (const entry of storedLines(file)) if (entry.writer !== nobody) last.set(entry.writer, entry);
  const heads = [...last.values()].map(({ writer, seq, line }) => ({
    writer,
    seq,
    sha256: hash("sha256", line, "hex"),
  }));
  return heads.sort((a, b) => (a.writer < b.writer ? -1 : 1));
}

/** Where one writer's lines lie, one after another. */
type Run = { readonly start: number; end: number };

/** By writer: a first pass finds where each writer's lines lie, a second reads them. */
async function* entriesIn(file: string, { writer, afterSeq = 0 }: EntryRange): AsyncIterable<StoredEntry> {
  const runs = new Map<string, Run[]>();
  let previous: string | undefined;
  for await (const { text, start, end } of readLines(file)) {
    const owner = lineFacts(text)?.writer ?? nobody;
    const own = runs.get(owner) ?? [];
    const run = own.at(-1);
    if (owner === previous && run !== undefined) run.end = end;
    else own.push({ start, end });
    runs.set(owner, own);
    previous = owner;
  }
  const names = writer === undefined ? [...runs.keys()].sort() : [writer];
  for (const name of names)
    for (const run of runs.get(name) ?? [])
      for await (const entry of storedLines(file, run)) if (entry.seq > afterSeq) yield entry;
}

async function tailOf(file: string, count: number): Promise<readonly StoredEntry[]> {
  const newest: StoredEntry[] = [];
  for await (const entry of storedLines(file)) {
    newest.push(entry);
    if (newest.length > 2 * count + 1000) newest.splice(0, newest.length - count);
  }
  return newest.slice(Math.max(0, newest.length - count));
}

async function aboutIn(file: string, id: string): Promise<readonly StoredEntry[]> {
  const found: StoredEntry[] = [];
  const executions = new Set<unknown>([id]);
  for await (const { text } of readLines(file)) {
    // Most lines are about something else, and need not be read whole.
    if (![...executions].some((one) => text.includes(JSON.stringify(one)))) continue;
    const columns = lineColumns(text);
    if (columns === undefined) continue;
    if (columns.approvalId === id) executions.add(columns.about);
    if (executions.has(columns.about)) found.push({ writer: columns.writer, seq: columns.seq, line: text });
  }
  return found;
}

async function* storedLines(file: string, run?: Run): AsyncIterable<StoredEntry> {
  let number = 0;
  for await (const { text } of readLines(file, run)) {
    number += 1;
    const { writer, seq } = lineFacts(text) ?? { ...emptyHead(nobody), seq: number };
    yield { writer, seq, line: text };
  }
}
