import { hash } from "node:crypto";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { type EntryRange, emptyHead, type Head, type StoredEntry } from "../../audit/index.js";
import type { AuditReader } from "../batch/audit-reader.js";
import type { ChainedEntry } from "../batch/calls.js";
import { entryColumns } from "../batch/entry-columns.js";
import { checkCount } from "../checkpoint-count.js";
import { integerOf, type Row, textOf } from "../row.js";

/** Writes entries within a transaction, and reads them. */
export interface EntryTable extends AuditReader {
  insert(writer: string, entries: readonly ChainedEntry[]): void;
  /** Where a writer's chain has come to, as stored. */
  headOf(writer: string): Head;
  /** @throws where there are not exactly as many as `after` */
  insertCheckpoint(note: string, after?: number): void;
}

/** How many entries are read at once. */
const pageRows = 1000;

/** The table of entries. */
export function entryTable(db: DatabaseSync): EntryTable {
  const insertWriter = db.prepare("INSERT OR IGNORE INTO writers (writer) VALUES (?)");
  const insertEntry = db.prepare("INSERT INTO entries (writer, seq, line, about, approval_id) VALUES (?, ?, ?, ?, ?)");
  const lastOf = db.prepare("SELECT seq, line FROM entries WHERE writer = ? ORDER BY seq DESC LIMIT 1");
  const writers = db.prepare("SELECT writer FROM writers ORDER BY writer");
  const page = db.prepare(
    `SELECT writer, seq, line FROM entries WHERE writer = ? AND seq > ? ORDER BY seq LIMIT ${pageRows}`,
  );
  const newest = db.prepare("SELECT writer, seq, line FROM entries ORDER BY id DESC LIMIT ?");
  const about = db.prepare(
    `SELECT writer, seq, line FROM entries
      WHERE about = ?1 OR about IN (SELECT about FROM entries WHERE approval_id = ?1) ORDER BY id`,
  );
  const notes = db.prepare("SELECT note FROM checkpoints ORDER BY id");
  const insertNote = db.prepare("INSERT INTO checkpoints (note) VALUES (?)");

  const headOf = (writer: string): Head => {
    const row = lastOf.get(writer);
    if (row === undefined) return emptyHead(writer);
    return { writer, seq: integerOf(row, "seq"), sha256: hash("sha256", textOf(row, "line"), "hex") };
  };

  return {
    headOf,
    insert: (writer, entries) => {
      if (entries[0]?.seq === 1) insertWriter.run(writer);
      for (const { entry, seq, line } of entries) {
        const { about, approvalId } = entryColumns(entry);
        insertEntry.run(writer, seq, line, about, approvalId);
      }
    },
    heads: async () => writers.all().map((row) => headOf(textOf(row, "writer"))),
    entries: (range) => entriesIn(range ?? {}, writers, page),
    tail: async (count) => newest.all(count).map(storedEntry).reverse(),
    about: async (id) => about.all(id).map(storedEntry),
    checkpoints: async () => notes.all().map((row) => textOf(row, "note")),
    insertCheckpoint: (note, after) => {
      checkCount(notes.all().length, after);
      insertNote.run(note);
    },
  };
}

async function* entriesIn(
  { writer, afterSeq = 0 }: EntryRange,
  writers: StatementSync,
  page: StatementSync,
): AsyncIterable<StoredEntry> {
  const names = writer === undefined ? writers.all().map((row) => textOf(row, "writer")) : [writer];
  for (const name of names) {
    let after = afterSeq;
    for (;;) {
      const rows = page.all(name, after).map(storedEntry);
      yield* rows;
      const last = rows.at(-1);
      if (last === undefined || rows.length < pageRows) break;
      after = last.seq;
    }
  }
}

function storedEntry(row: Row): StoredEntry {
  return { writer: textOf(row, "writer"), seq: integerOf(row, "seq"), line: textOf(row, "line") };
}
