import type { PoolClient } from "pg";
import { checkCount } from "../checkpoint-count.js";
import { integerOf } from "../row.js";

/** Any number, the same in every version: who adds a checkpoint holds it. */
const checkpointLock = 5_203_419_002;

/**
 * Adds a checkpoint, within a transaction.
 *
 * @throws where there are not exactly as many as `after`
 */
export async function insertCheckpoint(
  client: Pick<PoolClient, "query">,
  note: string,
  after: number | undefined,
): Promise<void> {
  await client.query("SELECT pg_advisory_xact_lock($1)", [checkpointLock]);
  const { rows } = await client.query("SELECT count(*)::float8 AS count FROM lockkeeper.audit_checkpoints");
  checkCount(integerOf(rows[0], "count"), after);
  await client.query("INSERT INTO lockkeeper.audit_checkpoints (note) VALUES ($1)", [note]);
}

/** Runs in one transaction; where anything fails, nothing is written. */
export async function inTransaction(client: Pick<PoolClient, "query">, work: () => Promise<void>): Promise<void> {
  await client.query("BEGIN");
  try {
    await work();
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined);
    throw error;
  }
}
