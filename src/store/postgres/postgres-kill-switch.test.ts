import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDatabase, hasPostgres, type TestDatabase } from "../testdata/test-database.js";
import type { Run } from "./connection.js";
import { migrate } from "./migrate.js";
import { postgresKillSwitch } from "./postgres-kill-switch.js";

const withPostgres = await hasPostgres();
const untouched = { engaged: false, by: null, at_ms: null, reason: null };
const engaged = { engaged: true, by: "ada", at_ms: 5, reason: "drill" };

describe.runIf(withPostgres)("the kill switch in PostgreSQL", () => {
  let database: TestDatabase;
  let pool: pg.Pool;
  const run: Run = async (work) => {
    const client = await pool.connect();
    try {
      return await work(client);
    } finally {
      client.release();
    }
  };
  beforeAll(async () => {
    database = await createDatabase();
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await migrate(client);
    await client.end();
    pool = new pg.Pool({ connectionString: database.url, max: 1 });
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  // @requirement WFL-06
  it("is one switch for every process: untouched, then as it was set last, read anew each time", async () => {
    await database.query("DELETE FROM lockkeeper.kill_switch");
    const [one, other] = [postgresKillSwitch({ run }), postgresKillSwitch({ run })];
    expect(await one.read()).toEqual(untouched);
    await one.set(engaged);
    expect([await one.read(), await other.read()]).toEqual([engaged, engaged]);
    const lifted = { ...engaged, engaged: false, at_ms: 6, reason: "over" };
    await other.set(lifted);
    expect([await one.read(), await other.read()]).toEqual([lifted, lifted]);
  });

  // @requirement WFL-06
  it("is read once for all who ask together, by a statement that is prepared once", async () => {
    await database.query("DELETE FROM lockkeeper.kill_switch");
    let runs = 0;
    const counted: Run = (work) => {
      runs += 1;
      return run(work);
    };
    const killSwitch = postgresKillSwitch({ run: counted });
    const asked = Array.from({ length: 5 }, () => killSwitch.read());
    expect(await Promise.all(asked)).toEqual(Array(5).fill(untouched));
    expect(runs).toBe(1);
    const prepared = await run((client) => client.query("SELECT name FROM pg_prepared_statements"));
    expect(prepared.rows).toEqual([{ name: "kill_switch" }]);
  });
});
