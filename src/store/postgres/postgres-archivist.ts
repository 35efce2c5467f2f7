import pg from "pg";
import type { ArchivedRange, AuditArchivist } from "../../audit/index.js";
import { insertCheckpoint, inTransaction } from "./checkpoints.js";

/** Removes archived entries as the role that alone can. Nobody who appends waits for it. */
export function postgresArchivist(url: string): AuditArchivist {
  return {
    removeArchived: async (ranges, checkpoint, after) => {
      const client = new pg.Client(asArchivist(url));
      await client.connect();
      try {
        await inTransaction(client, () => replaceByCheckpoint(client, ranges, checkpoint, after));
      } finally {
        await client.end();
      }
    },
  };
}

/**
 * How to be the role `lockkeeper_archivist`, of which the URL's user must be a member: no other role can remove an entry.
 *
 * @requirement EXE-11
 */
function asArchivist(url: string): pg.ClientConfig {
  return { connectionString: url, options: "-c role=lockkeeper_archivist" };
}

/**
 * Puts a checkpoint in the place of entries, within a transaction.
 *
 * @throws where there are not exactly as many checkpoints as `after`
 * @requirement EXE-11
 */
async function replaceByCheckpoint(
  client: Pick<pg.Client, "query">,
  ranges: readonly ArchivedRange[],
  checkpoint: string,
  after: number,
): Promise<void> {
  await insertCheckpoint(client, checkpoint, after);
  for (const { writer, afterSeq, seq } of ranges) {
    const values = [writer, afterSeq, seq];
    await client.query("DELETE FROM lockkeeper.audit_entries WHERE writer = $1 AND seq > $2 AND seq <= $3", values);
  }
}
