import pg, { type Client, type PoolClient } from "pg";
import { migrate } from "./migrate.js";

/** The database is away, or too slow to wait for. */
export class StoreAway extends Error {}

/** How long each thing may take: an answer is due within a second, whatever the database does. */
const limitsMs = { connect: 500, statement: 700, query: 750, probe: 250 };

/**
 * Runs with a connection of its own.
 *
 * @throws StoreAway, or what the database says of the statement
 */
export type Run = <T>(work: (client: PoolClient) => Promise<T>) => Promise<T>;

/** Connections to one database, and whether it is there. */
export interface Connection {
  /**
   * While the database is away this rejects at once; the first failure that shows it is away starts looking for it, until it
   * is back.
   */
  readonly run: Run;
  /** Why the database is away; undefined while it is there. */
  away(): Error | undefined;
  close(): Promise<void>;
}

/**
 * Connects to a database, migrating it where that is due. It need not be there yet.
 *
 * Statements run as `lockkeeper_gateway` where the user is a member of that role: it cannot change the audit. A user that is
 * nothing else is safer still.
 *
 * @param onBack - is called when the database is there for the first time, and each time it is back, before anybody else may
 *   use it; where it rejects, the database is away still
 */
export async function openConnection(url: string, onBack: (run: Run) => Promise<void>): Promise<Connection> {
  let pool: pg.Pool | undefined;
  let away: Error | undefined = new StoreAway("not connected yet");
  let probe: NodeJS.Timeout | undefined;
  let closed = false;

  const prepare = async () => {
    const there = pool ?? (await openPool(url));
    pool = there;
    await onBack((work) => withClient(there, work, lost));
  };
  const look = async () => {
    try {
      await prepare();
      away = undefined;
    } catch (error) {
      away = error instanceof Error ? error : new StoreAway(String(error));
      if (!closed) probe = setTimeout(() => void look(), limitsMs.probe).unref();
    }
  };
  const lost = (error: Error) => {
    if (away !== undefined || closed) return;
    away = error;
    probe = setTimeout(() => void look(), limitsMs.probe).unref();
  };

  await look();
  return {
    away: () => away,
    run: async (work) => {
      if (away !== undefined || pool === undefined) throw new StoreAway("the database is away", { cause: away });
      return withClient(pool, work, lost);
    },
    close: async () => {
      closed = true;
      clearTimeout(probe);
      await pool?.end();
    },
  };
}

/** Runs with a connection of the pool; one that failed in any way is not used again. */
async function withClient<T>(
  pool: pg.Pool,
  work: (client: PoolClient) => Promise<T>,
  lost: (error: Error) => void,
): Promise<T> {
  let client: PoolClient | undefined;
  try {
    client = await pool.connect();
    const value = await work(client);
    client.release();
    return value;
  } catch (error) {
    const broken = isAway(error);
    client?.release(broken);
    if (!broken) throw error;
    const away = new StoreAway("the database is away", { cause: error });
    lost(away);
    throw away;
  }
}

/**
 * Whether an error says that the database is away, rather than that it will not do what was asked: anything without a
 * SQLSTATE, connections (08), resources (53), operators and shutdown (57), the system (58), a lock waited for too long, and a
 * database that only reads, as after a failover.
 */
function isAway(error: unknown): boolean {
  if (!(error instanceof pg.DatabaseError)) return true;
  const { code = "" } = error;
  return /^(08|53|57|58)/.test(code) || code === "55P03" || code === "25006";
}

async function openPool(url: string): Promise<pg.Pool> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: limitsMs.connect });
  client.on("error", () => undefined);
  try {
    await client.connect();
    await migrate(client);
    const role = await roleOf(client);
    const settings = [
      `statement_timeout=${limitsMs.statement}`,
      `lock_timeout=${limitsMs.statement}`,
      // A process that was stopped while it held locks must not stop the others.
      "idle_in_transaction_session_timeout=2000",
      "synchronous_commit=on",
      // Every statement finds its rows by an index, also where a table was empty when its plan was made; so one plan does.
      "plan_cache_mode=force_generic_plan",
      "enable_seqscan=off",
      // A table that is read whole all the same looks so dear then that the statement would be compiled, for 0.1 s each time.
      "jit=off",
      ...(role === undefined ? [] : [`role=${role}`]),
    ];
    const pool = new pg.Pool({
      connectionString: url,
      max: 8,
      connectionTimeoutMillis: limitsMs.connect,
      query_timeout: limitsMs.query,
      keepAlive: true,
      pipeline: true,
      options: settings.map((setting) => `-c ${setting}`).join(" "),
    });
    // A connection that breaks while nobody uses it is replaced when somebody does; one that breaks while somebody does tells
    // them. Without a listener either would end the process.
    pool.on("error", () => undefined);
    pool.on("connect", (client) => client.on("error", () => undefined));
    return pool;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function roleOf(client: Client): Promise<string | undefined> {
  const { rows } = await client.query(
    `SELECT rolname FROM pg_roles WHERE rolname = 'lockkeeper_gateway' AND pg_has_role(current_user, oid, 'member')`,
  );
  return rows.length > 0 ? "lockkeeper_gateway" : undefined;
}
