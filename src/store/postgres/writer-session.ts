import pg from "pg";
import { integerOf, type Row, textOf } from "../row.js";
import type { Run } from "./connection.js";

/** The first half of the advisory locks that living writers hold; the second is the writer's number. */
const lockClass = 19_531;

/** Shows that a writer lives, for as long as its session does. */
export interface WriterSession {
  /** Registers the writer and holds its lock, where it does not already. */
  ensure(run: Run): Promise<void>;
  close(): Promise<void>;
}

/** @param url - for a connection of its own: a lock belongs to the session that took it */
export function writerSession(url: string, writer: string): WriterSession {
  let session: pg.Client | undefined;
  let taking: Promise<void> | undefined;
  let closed = false;
  const drop = async (client: pg.Client) => {
    if (session === client) session = undefined;
    await client.end().catch(() => undefined);
  };
  const take = async (run: Run): Promise<void> => {
    const number = await run((client) => numberOf(client, writer));
    const client = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: 500,
      query_timeout: 800,
      keepAlive: true,
    });
    // The server lets go of the lock with the session. It is taken again at once, for meanwhile we look dead; where that
    // fails, with the next write.
    const lost = () => {
      const wasHeld = session === client;
      void drop(client);
      if (wasHeld && !closed) void ensure(run).catch(() => undefined);
    };
    client.on("error", lost);
    client.on("end", lost);
    try {
      await client.connect();
      const { rows } = await client.query("SELECT pg_try_advisory_lock($1, $2) AS held", [lockClass, number]);
      if (rows[0]?.held !== true) throw new Error("another process writes under this name");
      session = client;
    } catch (error) {
      await drop(client);
      throw error;
    }
  };
  /** One attempt at a time: two would keep each other from the lock. */
  const ensure = async (run: Run): Promise<void> => {
    if (session !== undefined) return;
    taking ??= take(run).finally(() => {
      taking = undefined;
    });
    await taking;
  };
  return {
    ensure,
    close: async () => {
      closed = true;
      const client = session;
      if (client === undefined) return;
      // Ending a session takes the server a moment; whoever asks next should see at once that we are gone.
      await client.query("SELECT pg_advisory_unlock_all()").catch(() => undefined);
      await drop(client);
    },
  };
}

async function numberOf(client: pg.PoolClient, writer: string): Promise<number> {
  await client.query("INSERT INTO lockkeeper.writers (writer) VALUES ($1) ON CONFLICT DO NOTHING", [writer]);
  const { rows } = await client.query("SELECT number FROM lockkeeper.writers WHERE writer = $1", [writer]);
  return integerOf(rows[0], "number");
}

/**
 * Makes the open executions of writers that are gone this writer's, and gives all that became so and have no end yet. A server
 * that has just started knows no locks yet: living writers have five seconds to take theirs again.
 */
export async function adoptOrphans(client: pg.PoolClient, writer: string): Promise<readonly string[]> {
  await client.query(
    `UPDATE lockkeeper.executions SET writer = $1, is_orphan = true
      WHERE now() - pg_postmaster_start_time() > interval '5 seconds' AND writer IN (
        SELECT w.writer FROM lockkeeper.writers w WHERE w.writer <> $1 AND NOT EXISTS (
          SELECT FROM pg_locks l WHERE l.locktype = 'advisory' AND l.objsubid = 2 AND l.classid = $2 AND l.objid = w.number
            AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())))`,
    [writer, lockClass],
  );
  const { rows } = await client.query(
    "SELECT execution_id FROM lockkeeper.executions WHERE writer = $1 AND is_orphan",
    [writer],
  );
  return rows.map((row: Row) => textOf(row, "execution_id"));
}
