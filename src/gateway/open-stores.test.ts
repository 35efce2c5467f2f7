import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../host/index.js";
import { openPostgresStore } from "../store/index.js";
import { intent, opening } from "../store/testdata/entries.js";
import { createDatabase, hasPostgres } from "../store/testdata/test-database.js";
import { openStores } from "./open-stores.js";

const withPostgres = await hasPostgres();
const nowhere = "postgres://postgres@127.0.0.1:1/nowhere";

let folder: string;
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), "lockkeeper-stores-")), "deep", "data");
});
afterEach(() => rm(join(folder, "..", ".."), { recursive: true }));

type Engine = "sqlite" | "postgres" | "jsonl";

/** Opens stores of which one decides and one keeps the audit. */
function opened(store: "sqlite" | "postgres", storage: Engine, databaseUrl: string | null = null, at = folder) {
  const audit = { storage, checkpointEveryS: 0, witness: null, liveDays: 1, archiveDays: 1, holds: [] };
  return openStores({ store, audit, databaseUrl }, at, { writer: "gateway-1", clock: systemClock });
}
async function good(...asked: Parameters<typeof opened>) {
  const stores = await opened(...asked);
  if (!stores.ok) throw new Error(JSON.stringify(stores.error));
  return stores.value;
}
/** The files that were made, but those that SQLite keeps beside its own. */
const files = async () => (await readdir(folder)).filter((name) => /^[a-z_]+\.(?:db|jsonl)$/.test(name)).sort();

// @requirement EXE-10
describe("where the audit goes", () => {
  it("is the file of what decides, where both are SQLite, in a folder that is ours alone", async () => {
    await using stores = await good("sqlite", "sqlite");
    expect(await files()).toEqual(["lockkeeper.db"]);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect(await stores.checks()).toEqual([{ name: "sqlite", ok: true, detail: "answers" }]);
    expect(await stores.ledger.open(intent("execution-1"), opening("execution-1"))).toEqual({ kind: "opened" });
    expect(await stores.audit.about("execution-1")).toHaveLength(1);
    await stores.catchUp();
  });

  it("is a JSONL file where that is chosen, and what decides stays where it was", async () => {
    await using stores = await good("sqlite", "jsonl");
    expect(await files()).toEqual(["execution_audit.jsonl", "lockkeeper.db"]);
    expect(await stores.checks()).toEqual([
      { name: "sqlite", ok: true, detail: "answers" },
      { name: "audit", ok: true, detail: "answers" },
    ]);
    const once = opening("execution-1", { nonce: "token-1" });
    expect(await stores.ledger.open(intent("execution-1"), once)).toEqual({ kind: "opened" });
    expect(await stores.audit.about("execution-1")).toHaveLength(1);
    expect(await stores.ledger.seen("token-1")).toBe(true);
    expect((await stores.killSwitch.read()).engaged).toBe(false);
    expect(await stores.unfinished()).toEqual([]);
    await stores.catchUp();
  });

  it.runIf(withPostgres)("is PostgreSQL where that is chosen, which is caught up with what was spilled", async () => {
    const database = await createDatabase();
    try {
      await using stores = await good("sqlite", "postgres", database.url);
      const spillFile = join(folder, "execution_audit.jsonl");
      const gone = await openPostgresStore({ writer: "gone", clock: systemClock, url: nowhere, spillFile });
      await gone.audit.append(intent("execution-1"));
      await gone.close();
      expect(await stores.audit.about("execution-1")).toEqual([]);
      await stores.catchUp();
      expect((await stores.audit.about("execution-1")).map(({ writer }) => writer)).toEqual(["gone"]);
    } finally {
      await database.drop();
    }
  });

  it("is a file while PostgreSQL is away, and nothing that it does not decide waits for it", async () => {
    await using stores = await good("sqlite", "postgres", nowhere);
    expect(await stores.ledger.open(intent("execution-1"), opening("execution-1"))).toEqual({ kind: "opened" });
    const [deciding, audit] = await stores.checks();
    expect(deciding).toEqual({ name: "sqlite", ok: true, detail: "answers" });
    expect(audit).toMatchObject({ name: "audit", ok: true, detail: expect.stringContaining("entries wait in") });
  });

  it("is told where it cannot be, with the folder, and nothing is left open", async () => {
    const error = (message: string, file: string) => ({
      ok: false,
      error: [{ code: "config/invalid", message: `the store cannot be opened: ${message}`, place: { file } }],
    });
    expect(await opened("sqlite", "postgres")).toEqual(error("DATABASE_URL is not set", folder));
    const file = join(folder, "..", "file");
    await writeFile(file, "");
    const below = join(file, "data");
    expect(await opened("sqlite", "sqlite", null, below)).toEqual(
      error(`ENOTDIR: not a directory, mkdir '${below}'`, below),
    );
  });
});
