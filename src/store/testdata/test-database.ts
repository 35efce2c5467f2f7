import { randomBytes } from "node:crypto";
import pg from "pg";

const { CI, DATABASE_URL } = process.env;
const serverUrl = DATABASE_URL ?? "postgres://postgres@127.0.0.1:5432/postgres";

/** A database of its own, to be dropped. */
export type TestDatabase = {
  readonly url: string;
  /** Runs a statement as the database's owner. */
  query(text: string): Promise<void>;
  drop(): Promise<void>;
};

/** Makes an empty database of a random name. */
export async function createDatabase(): Promise<TestDatabase> {
  const name = `lockkeeper_test_${randomBytes(8).toString("hex")}`;
  await once(serverUrl, `CREATE DATABASE ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    query: (text) => once(url.href, text),
    drop: () => once(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`),
  };
}

/** Whether there is a server. Where nothing may be left out, such as in CI, its absence fails the run. */
export async function hasPostgres(): Promise<boolean> {
  try {
    await once(serverUrl, "SELECT 1");
    return true;
  } catch (error) {
    return leftOut("PostgreSQL", error);
  }
}

/** Says what is left out, and why. */
export function leftOut(what: string, error: unknown): false {
  const reason = error instanceof Error ? error.message : String(error);
  if (CI) throw new Error(`${what} is needed here: ${reason}`);
  console.warn(`left out: ${what}: ${reason}`);
  return false;
}

async function once(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}
