import type { DatabaseSync } from "node:sqlite";
import type { ArchivedRange, AuditArchivist } from "../../audit/index.js";
import { textOf } from "../row.js";
import { openDatabase } from "./open-database.js";
import { entryTable } from "./sqlite-entries.js";
import { inTransaction } from "./transaction.js";

/** Removes archived entries from a SQLite store. Who appends waits meanwhile. */
export function sqliteArchivist(file: string): AuditArchivist {
  return {
    removeArchived: async (ranges, checkpoint, after) => {
      const { db } = openDatabase(file);
      try {
        inTransaction(db, () => replaceByCheckpoint(db, ranges, checkpoint, after));
      } finally {
        db.close();
      }
    },
  };
}

/**
 * Puts a checkpoint in the place of entries, within a transaction. A file has no roles: the trigger that refuses is taken away
 * and put back, and nothing else in the product does that. The head of a chain stays, whatever is asked: what is appended next
 * holds its hash.
 *
 * @throws where there are not exactly as many checkpoints as `after`
 * @requirement EXE-11
 */
function replaceByCheckpoint(
  db: DatabaseSync,
  ranges: readonly ArchivedRange[],
  checkpoint: string,
  after: number,
): void {
  entryTable(db).insertCheckpoint(checkpoint, after);
  const trigger = db
    .prepare("SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND name = 'entries_never_go'")
    .get();
  db.exec("DROP TRIGGER entries_never_go");
  const remove = db.prepare(
    `DELETE FROM entries WHERE writer = ?1 AND seq > ?2 AND seq <= ?3
      AND seq < (SELECT max(seq) FROM entries WHERE writer = ?1)`,
  );
  for (const { writer, afterSeq, seq } of ranges) remove.run(writer, afterSeq, seq);
  db.exec(textOf(trigger, "sql"));
}
