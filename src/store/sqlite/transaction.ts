import type { DatabaseSync } from "node:sqlite";

/** Runs in one transaction, which is durable when this returns; where anything throws, nothing is written. */
export function inTransaction<T>(db: DatabaseSync, run: () => T): T {
  db.exec("BEGIN IMMEDIATE");
  try {
    const value = run();
    db.exec("COMMIT");
    return value;
  } catch (error) {
    // A full disk or a broken file ends the transaction by itself.
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}
