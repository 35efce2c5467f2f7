import type { Client } from "pg";
import { integerOf } from "../row.js";
import { migrations } from "./migrations.js";

/** Any number, the same in every version: who migrates holds it. */
const migrationLock = 5_203_419_001;

/**
 * Brings a database to the newest schema, one process at a time. The user must own the schema where anything is to be done.
 *
 * @throws where a newer version of Lockkeeper migrated it
 */
export async function migrate(client: Client): Promise<void> {
  if ((await versionOf(client)) === migrations.length) return;
  await client.query("BEGIN");
  try {
    await client.query("SELECT pg_advisory_xact_lock($1)", [migrationLock]);
    await client.query("CREATE SCHEMA IF NOT EXISTS lockkeeper");
    await client.query(
      "CREATE TABLE IF NOT EXISTS lockkeeper.migrations (version integer PRIMARY KEY, at timestamptz DEFAULT now())",
    );
    const version = await versionOf(client);
    if (version > migrations.length) throw new Error("a newer version of Lockkeeper migrated this database");
    for (const [index, step] of migrations.entries()) {
      if (index < version) continue;
      await client.query(step);
      await client.query("INSERT INTO lockkeeper.migrations (version) VALUES ($1)", [index + 1]);
    }
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined);
    throw error;
  }
}

async function versionOf(client: Client): Promise<number> {
  const there = await client.query("SELECT to_regclass('lockkeeper.migrations') IS NOT NULL AS there");
  if (there.rows[0]?.there !== true) return 0;
  const { rows } = await client.query("SELECT coalesce(max(version), 0) AS version FROM lockkeeper.migrations");
  return integerOf(rows[0], "version");
}
