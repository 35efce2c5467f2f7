import pg from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { intent } from "../testdata/entries.js";
import { fixedClock, listed } from "../testdata/stores.js";
import { createDatabase, hasPostgres, type TestDatabase } from "../testdata/test-database.js";
import { openPostgresStore, type PostgresStore } from "./open-postgres-store.js";
import { postgresArchivist } from "./postgres-archivist.js";

const there = await hasPostgres();

describe.runIf(there)("an archivist of PostgreSQL", () => {
  let database: TestDatabase;
  let store: PostgresStore;
  beforeEach(async () => {
    database = await createDatabase();
    const open = (writer: string) =>
      openPostgresStore({ url: database.url, writer, clock: fixedClock, spillFile: null });
    const other = await open("w2");
    await other.audit.append(intent("other-1"));
    await other.audit.append(intent("other-2"));
    await other.close();
    store = await open("w1");
    for (let n = 1; n <= 5; n++) await store.audit.append(intent(`execution-${n}`));
  });
  afterEach(async () => {
    await store.close();
    await database.drop();
  });

  const kept = async () => {
    const entries = await listed(store.audit.entries());
    return { entries: entries.map(({ writer, seq }) => `${writer} ${seq}`), notes: await store.audit.checkpoints() };
  };
  const all = ["w1 1", "w1 2", "w1 3", "w1 4", "w1 5", "w2 1", "w2 2"];

  // @requirement EXE-11
  it("puts a checkpoint in the place of the entries that it is told, and of no others", async () => {
    const ranges = [
      { writer: "w1", afterSeq: 1, seq: 3 },
      { writer: "w2", afterSeq: 0, seq: 1 },
    ];
    await postgresArchivist(database.url).removeArchived(ranges, "archived\n", 0);
    expect(await kept()).toEqual({ entries: ["w1 1", "w1 4", "w1 5", "w2 2"], notes: ["archived\n"] });
  });

  // @requirement EXE-11
  it("removes nothing where a range holds the head of a chain, or somebody else has added a checkpoint", async () => {
    const { removeArchived } = postgresArchivist(database.url);
    await expect(removeArchived([{ writer: "w1", afterSeq: 0, seq: 9 }], "archived\n", 0)).rejects.toThrow(
      "append-only",
    );
    await expect(removeArchived([{ writer: "w1", afterSeq: 0, seq: 3 }], "archived\n", 1)).rejects.toThrow(
      "somebody else",
    );
    expect(await kept()).toEqual({ entries: all, notes: [] });
  });

  // @requirement EXE-11
  it("is the only role that can, and is nothing else", async () => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    try {
      const remove = "DELETE FROM lockkeeper.audit_entries WHERE writer = 'w1' AND seq = 1";
      await expect(client.query(remove)).rejects.toThrow("append-only");
      await client.query("SET ROLE lockkeeper_gateway");
      await expect(client.query(remove)).rejects.toThrow("permission denied");
    } finally {
      await client.end();
    }
    expect((await kept()).entries).toEqual(all);
    await postgresArchivist(database.url).removeArchived([{ writer: "w1", afterSeq: 0, seq: 1 }], "archived\n", 0);
    expect((await kept()).entries).toEqual(all.slice(1));
  });
});
