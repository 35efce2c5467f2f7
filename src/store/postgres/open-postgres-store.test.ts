import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { toldUntilKilled } from "../testdata/crash.js";
import { end, intent, opening } from "../testdata/entries.js";
import { severable } from "../testdata/severable.js";
import { fixedClock, lineHash, listed } from "../testdata/stores.js";
import { createDatabase, hasPostgres, type TestDatabase } from "../testdata/test-database.js";
import { openPostgresStore, type PostgresStore } from "./open-postgres-store.js";

const there = await hasPostgres();

describe.runIf(there)("PostgreSQL", () => {
  let folder: string;
  let database: TestDatabase;
  let spillFile: string;
  const opened: PostgresStore[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "lockkeeper-postgres-"));
    spillFile = join(folder, "data/execution_audit.jsonl");
    database = await createDatabase();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((store) => store.close()));
    await database.drop();
    await rm(folder, { recursive: true });
  });

  const open = async (writer: string, url = database.url) => {
    const store = await openPostgresStore({ url, writer, clock: fixedClock, spillFile });
    opened.push(store);
    return store;
  };
  const rowsOf = async (text: string) => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    try {
      return (await client.query(text)).rows;
    } finally {
      await client.end();
    }
  };
  const back = (store: PostgresStore) =>
    expect.poll(() => store.health(), { timeout: 20_000 }).toEqual({ away: null, spilled: false });

  // @requirement EXE-09
  it("shows every attempt as one row, allowed or refused, with its end", async () => {
    const store = await open("w1");
    const { ledger, audit } = store;
    await ledger.open(intent("execution-1", { approval_id: "approval-1" }), opening("execution-1", { nonce: "n" }));
    await ledger.close(end("execution-1"), "execution-1", {});
    const violations = [{ rule: "command/not_allowed", message: "no", requirements: [], detail: {} }];
    await audit.append(intent("execution-2", { decision: "deny", violations, command: "rm\u0000 -rf /" }));
    await ledger.open(intent("execution-3"), opening("execution-3", { nonce: "n" }));
    await audit.append(end("execution-3", { outcome: "not_started", reason: "gate/replay", exit_code: null }));
    await ledger.open(intent("execution-4"), opening("execution-4"));
    const rows = await rowsOf("SELECT * FROM execution_audit ORDER BY created_at DESC, seq DESC");
    const told = rows.map((row) => [row.execution_id, row.decision, row.reason, row.outcome, row.exit_code]);
    expect(told).toEqual([
      ["execution-4", "allow", null, null, null],
      ["execution-3", "deny", "gate/replay", "not_started", null],
      ["execution-2", "deny", "command/not_allowed", null, null],
      ["execution-1", "allow", null, "exited", 0],
    ]);
    expect(rows[3]).toMatchObject({ approval_id: "approval-1", command: "echo test", actor: "agent-1" });
    expect(rows[3]?.created_at).toEqual(new Date(1_000_000));
    expect(rows[3]?.duration_ms).toBe("12");
    expect(rows[2]?.command).toBe("rm\ufffd -rf /");
  });

  // @requirement EXE-11
  it("gives the gateway's role no right to change the audit, and only the archivist's one to remove old entries", async () => {
    const store = await open("w1");
    for (const id of ["execution-1", "execution-2"]) await store.audit.append(intent(id));
    const as = (role: string, text: string) => database.query(`SET ROLE ${role}; ${text}`);
    const table = "lockkeeper.audit_entries";
    for (const text of [`UPDATE ${table} SET line = 'x'`, `DELETE FROM ${table}`, `TRUNCATE ${table}`]) {
      await expect(as("lockkeeper_gateway", text)).rejects.toThrow("permission denied");
      await expect(database.query(text)).rejects.toThrow("append-only");
    }
    await expect(as("lockkeeper_gateway", "DROP TRIGGER never_change ON lockkeeper.audit_entries")).rejects.toThrow(
      "owner",
    );
    await expect(as("lockkeeper_archivist", `UPDATE ${table} SET line = 'x'`)).rejects.toThrow("permission denied");
    await expect(as("lockkeeper_archivist", `DELETE FROM ${table}`)).rejects.toThrow("append-only");
    await as("lockkeeper_archivist", `DELETE FROM ${table} WHERE seq = 1`);
    expect((await listed(store.audit.entries())).map(({ seq }) => seq)).toEqual([2]);
    const [{ current_user: user }] = await rowsOf(
      "SELECT usename AS current_user FROM pg_stat_activity WHERE datname = current_database() LIMIT 1",
    );
    expect(user).toBeDefined();
  });

  // @requirement EXE-04
  it("lets the gateway's role forget nonces only so that none of their tokens is good again", async () => {
    const store = await open("w1");
    await store.ledger.open(intent("execution-1"), opening("execution-1", { nonce: "token-1" }));
    const as = (role: string, text: string) => database.query(`SET ROLE ${role}; ${text}`);
    const prune = "SELECT lockkeeper.prune_nonces(9007199254740991, 1000)";
    for (const text of ["DELETE FROM lockkeeper.nonces", "UPDATE lockkeeper.store SET since_s = 0"])
      await expect(as("lockkeeper_gateway", text)).rejects.toThrow("permission denied");
    await expect(as("lockkeeper_archivist", prune)).rejects.toThrow("permission denied");
    await as("lockkeeper_gateway", prune);
    expect(await store.ledger.seen("token-1")).toBe(false);
    expect(await store.ledger.sinceS()).toBe(1061);
  });

  // @requirement EXE-10
  it("spills the audit while the database is away, and adds it in order when it is back: none lost, none twice", async () => {
    const line = await severable(database.url);
    const store = await open("w1", line.url);
    await store.audit.append(intent("execution-0"));
    const during: Promise<void>[] = [];
    for (let n = 1; n <= 300; n++) {
      if (n === 100) line.sever();
      during.push(store.audit.append(intent(`execution-${n}`)));
      if (n % 20 === 0) await during.at(-1);
    }
    await Promise.all(during);
    expect(store.health()).toMatchObject({ spilled: true });
    expect((await readFile(spillFile, "utf8")).split("\n").length).toBeGreaterThan(200);
    await line.restore();
    await back(store);
    await store.audit.append(end("execution-0"));
    const entries = await listed(store.audit.entries());
    expect(entries.map(({ seq }) => seq)).toEqual(Array.from({ length: 302 }, (_, n) => n + 1));
    const previous = entries.map((entry) => JSON.parse(entry.line).prev_sha256);
    expect(previous.slice(1)).toEqual(entries.slice(0, -1).map((entry) => lineHash(entry.line)));
    expect(await rowsOf("SELECT count(*)::int AS n FROM execution_audit")).toEqual([{ n: 301 }]);
    expect(await readFile(spillFile, "utf8")).toBe("");
    await line.close();
  });

  // @requirement EXE-10
  it("refuses what must be decided while the database is away, and keeps its intent and its end", async () => {
    const line = await severable(database.url);
    const store = await open("w1", line.url);
    const reservations = [{ key: "subject:a/cpu", window_ms: 500, limit: 10, amount: 8 }];
    await store.ledger.open(intent("execution-1"), opening("execution-1", { reservations }));
    line.sever();
    await expect(store.ledger.open(intent("execution-2"), opening("execution-2"))).rejects.toThrow("away");
    await expect(store.ledger.seen("n")).rejects.toThrow("away");
    await expect(store.killSwitch.read()).rejects.toThrow("away");
    await expect(store.approvals.find("approval-1")).rejects.toThrow("away");
    await store.audit.append(end("execution-2", { outcome: "not_started", reason: "gate/store" }));
    // What ran has its end; what it used is settled later.
    await store.ledger.close(end("execution-1"), "execution-1", { "subject:a/cpu": 3 });
    await line.restore();
    await back(store);
    expect(await store.ledger.usage([{ key: "subject:a/cpu", window_ms: 500 }], 1_000_000)).toMatchObject([
      { used: 3 },
    ]);
    const outcomes = await rowsOf("SELECT execution_id, decision, outcome FROM execution_audit ORDER BY execution_id");
    expect(outcomes).toEqual([
      { execution_id: "execution-1", decision: "allow", outcome: "exited" },
      { execution_id: "execution-2", decision: "deny", outcome: "not_started" },
    ]);
    expect(await rowsOf("SELECT * FROM lockkeeper.executions")).toEqual([]);
    await line.close();
  });

  // @requirement EXE-10
  it("waits for a database that does not answer once, and not again: the next is spilled or refused at once", async () => {
    const line = await severable(database.url);
    const store = await open("w1", line.url);
    await store.audit.append(intent("execution-0"));
    line.stall();
    await store.audit.append(intent("execution-1"));
    expect(store.health()).toMatchObject({ away: expect.any(String), spilled: true });
    await store.audit.append(intent("execution-2"));
    await expect(store.ledger.open(intent("execution-3"), opening("execution-3"))).rejects.toThrow("away");
    expect((await readFile(spillFile, "utf8")).trimEnd().split("\n")).toHaveLength(3);
    await line.close();
  });

  // @requirement EXE-04
  it("remembers what a killed process was told is taken, and tells its executions as unfinished", async () => {
    const told = await toldUntilKilled(["postgres", database.url, "crashed"]);
    const store = await open("next");
    await expect.poll(() => store.unfinished(), { timeout: 20_000 }).toEqual(expect.arrayContaining([...told]));
    for (const id of told) expect(await store.ledger.seen(id)).toBe(true);
    const intents = await listed(store.audit.entries({ writer: "crashed" }));
    const recorded = intents.map((entry) => JSON.parse(entry.line).execution_id);
    expect(recorded.toSorted()).toEqual([...(await store.unfinished())].toSorted());
  });

  // @requirement EXE-10
  it("adds what an earlier process spilled, also where a crash cut its last line short, which is recorded", async () => {
    const line = await severable(database.url);
    line.sever();
    const first = await open("w1", line.url);
    await first.audit.append(intent("execution-1"));
    await first.close();
    await writeFile(spillFile, '{"torn":', { flag: "a" });
    await line.close();
    const second = await open("w2");
    await back(second);
    await second.audit.append(intent("execution-2"));
    await second.audit.append(intent("execution-3"));
    const order = (await listed(second.audit.entries())).map(({ writer, seq }) => `${writer} ${seq}`);
    expect(order).toEqual(["w1 1", "w2 1", "w2 2", "w2 3"]);
    const [cut] = (await listed(second.audit.entries({ writer: "w2" }))).map((entry) => JSON.parse(entry.line));
    expect(cut).toMatchObject({ kind: "event", name: "audit/cut", detail: { spilled_lines: 1 } });
    expect(await readFile(`${spillFile}.cut`, "utf8")).toBe('{"torn":\n');
  });

  // @requirement EXE-10
  it("keeps a spill that holds another entry than the database, for somebody changed either", async () => {
    const store = await open("w1");
    await store.audit.append(intent("execution-1"));
    const [entry] = await listed(store.audit.entries());
    await store.close();
    await writeFile(spillFile, `${entry?.line.replace("echo test", "echo lies")}\n`);
    const next = await open("w2");
    expect(next.health()).toMatchObject({ away: expect.stringContaining("another entry"), spilled: true });
    expect((await readFile(spillFile, "utf8")).length).toBeGreaterThan(0);
  });

  // @requirement EXE-10
  it("adds what a process that is gone has spilled also without writing anything, when asked to catch up", async () => {
    const living = await open("w1");
    const line = await severable(database.url);
    line.sever();
    const gone = await open("w2", line.url);
    await gone.audit.append(intent("execution-1"));
    await gone.close();
    await line.close();
    expect(await readFile(`${spillFile}.2`, "utf8")).toContain("execution-1");
    expect(await listed(living.audit.entries())).toEqual([]);
    await writeFile(`${spillFile}.2`, '{"torn":', { flag: "a" });
    await living.catchUp();
    const order = (await listed(living.audit.entries())).map((entry) => `${entry.writer} ${entry.seq}`);
    expect(order).toEqual(["w1 1", "w2 1"]);
    const [cut] = (await listed(living.audit.entries({ writer: "w1" }))).map((entry) => JSON.parse(entry.line));
    expect(cut).toMatchObject({ name: "audit/cut", detail: { spilled_lines: 1 } });
    expect(await readFile(`${spillFile}.2`, "utf8")).toBe("");
    await living.audit.append(intent("execution-2"));
    expect((await living.audit.heads()).map(({ writer, seq }) => `${writer} ${seq}`)).toEqual(["w1 2", "w2 1"]);
  });

  it("lets each process spill into a file of its own", async () => {
    const line = await severable(database.url);
    line.sever();
    const [first, second] = [await open("w1", line.url), await open("w2", line.url)];
    await first.audit.append(intent("execution-1"));
    await second.audit.append(intent("execution-2"));
    expect(await readFile(spillFile, "utf8")).toContain("execution-1");
    expect(await readFile(`${spillFile}.2`, "utf8")).toContain("execution-2");
    await line.restore();
    await Promise.all([back(first), back(second)]);
    expect((await listed(first.audit.entries())).map(({ writer }) => writer)).toEqual(["w1", "w2"]);
    await line.close();
  });

  it("migrates once, however many processes start at the same time", async () => {
    await Promise.all(["w1", "w2", "w3", "w4"].map((writer) => open(writer)));
    expect(opened.map((store) => store.health().away)).toEqual([null, null, null, null]);
    expect(await rowsOf("SELECT version FROM lockkeeper.migrations")).toEqual([{ version: 1 }, { version: 2 }]);
  });

  it("refuses a database that a newer version migrated", async () => {
    await (await open("w1")).close();
    await database.query("INSERT INTO lockkeeper.migrations (version) VALUES (9000)");
    expect((await open("w2")).health().away).toContain("newer version");
  });

  it("refuses a name that a living process writes under", async () => {
    await open("w1");
    expect((await open("w1")).health().away).toContain("another process");
  });

  it("takes its lock again when its session was ended, so that it counts as living", async () => {
    const store = await open("w1");
    await store.ledger.open(intent("execution-1"), opening("execution-1"));
    await database.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
    );
    // What was spilled when the session ended is added with what is written next.
    const written = () => store.audit.append(end("execution-9")).then(() => store.health());
    await expect.poll(written, { timeout: 20_000 }).toEqual({ away: null, spilled: false });
    const locks =
      "SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE l.locktype = 'advisory' AND datname = current_database()";
    await expect.poll(() => rowsOf(locks).then((rows) => rows.length), { timeout: 10_000 }).toBe(1);
    const other = await open("w2");
    expect(await other.unfinished()).toEqual([]);
  });
});
