import pg from "pg";
import type { AuditArchivist } from "../../audit/index.js";
import { insertCheckpoint, inTransaction } from "./checkpoints.js";

/**
 * Removes archived entries as the role `lockkeeper_archivist`, of which the URL's user must be a member: no other role can.
 * Nobody who appends waits for it.
 *
 * @requirement EXE-11
 */
export function postgresArchivist(url: string): AuditArchivist {
  return {
    removeArchived: async (ranges, checkpoint, after) => {
      const client = new pg.Client({ connectionString: url, options: "-c role=lockkeeper_archivist" });
      await client.connect();
      try {
        await inTransaction(client, async () => {
          await insertCheckpoint(client, checkpoint, after);
          for (const { writer, afterSeq, seq } of ranges) {
            await client.query("DELETE FROM lockkeeper.audit_entries WHERE writer = $1 AND seq > $2 AND seq <= $3", [
              writer,
              afterSeq,
              seq,
            ]);
          }
        });
      } finally {
        await client.end();
      }
    },
  };
}
