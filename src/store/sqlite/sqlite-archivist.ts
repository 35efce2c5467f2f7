import type { AuditArchivist } from "../../audit/index.js";
import { textOf } from "../row.js";
import { openDatabase } from "./open-database.js";
import { entryTable } from "./sqlite-entries.js";
import { inTransaction } from "./transaction.js";

/**
 * Removes archived entries from a SQLite store. A file has no roles: the trigger that refuses is taken away and put back
 * within the transaction, and nothing else in the product does that. Who appends waits meanwhile.
 *
 * @requirement EXE-11
 */
export function sqliteArchivist(file: string): AuditArchivist {
  return {
    removeArchived: async (ranges, checkpoint, after) => {
      const { db } = openDatabase(file);
      try {
        const trigger = textOf(
          db.prepare("SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND name = 'entries_never_go'").get(),
          "sql",
        );
        // The head of a chain stays, whatever is asked: what is appended next holds its hash.
        const remove = db.prepare(
          `DELETE FROM entries WHERE writer = ?1 AND seq > ?2 AND seq <= ?3
            AND seq < (SELECT max(seq) FROM entries WHERE writer = ?1)`,
        );
        inTransaction(db, () => {
          entryTable(db).insertCheckpoint(checkpoint, after);
          db.exec("DROP TRIGGER entries_never_go");
          for (const { writer, afterSeq, seq } of ranges) remove.run(writer, afterSeq, seq);
          db.exec(trigger);
        });
      } finally {
        db.close();
      }
    },
  };
}
