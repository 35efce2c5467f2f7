import { execFileSync } from "node:child_process";
import { constants } from "node:fs";
import { type FileHandle, open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ed25519Verifier, verifyAudit } from "../audit/index.js";
import { systemClock } from "../host/index.js";
import { createSandbox, type Sandbox } from "../sandbox/index.js";
import { openSqliteStore } from "../store/index.js";
import { severable } from "../store/testdata/severable.js";
import { createDatabase, hasPostgres, type TestDatabase } from "../store/testdata/test-database.js";
import { newKeys, startTestGateway } from "./testdata/running-gateway.js";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox();
}, 60_000);
afterAll(() => sandbox?.[Symbol.asyncDispose]());

const withPostgres = await hasPostgres();

async function rows(database: TestDatabase, query: string) {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const result = await client.query(query);
  await client.end();
  return result.rows;
}
const audit = "SELECT * FROM execution_audit ORDER BY created_at DESC";

describe.runIf(withPostgres)("a gateway on PostgreSQL", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createDatabase();
  });
  afterAll(() => database?.drop());

  // @requirement EXE-09
  it("has one row for each attempt, allowed or refused, that is read with plain SQL", async () => {
    const environment = { LOCKKEEPER_STORE: "postgres", DATABASE_URL: database.url };
    await using world = await startTestGateway({ executor: sandbox, environment });
    const { approval_id, token } = await world.approved("echo test");
    const ran = await world.execute({ command: "echo test", approval_id }, token);
    const replayed = await world.execute({ command: "echo test", approval_id }, token);
    const malformed = await world.execute({ nonsense: true }, token);
    expect([ran.status, replayed.status, malformed.status]).toEqual([200, 401, 400]);
    const seen = await rows(database, audit);
    expect(seen).toHaveLength(3);
    expect(seen[2]).toMatchObject({
      execution_id: ran.body.execution_id,
      approval_id,
      command: "echo test",
      actor: "agent-7",
      decision: "allow",
    });
    expect(seen[1]).toMatchObject({ decision: "deny", reason: expect.stringContaining("token/replayed") });
    expect(seen[0]).toMatchObject({ decision: "deny", actor: "unknown", reason: "request/malformed" });
  });

  // @requirement EXE-04
  it("gives a token's one use to one of many who come at once, over several gateways", async () => {
    const environment = { LOCKKEEPER_STORE: "postgres", DATABASE_URL: database.url };
    const keys = newKeys();
    await using one = await startTestGateway({ executor: sandbox, environment, keys });
    await using two = await startTestGateway({ executor: sandbox, environment, keys });
    for (let round = 0; round < 5; round += 1) {
      const { approval_id, token } = await one.approved("echo once");
      const body = { command: "echo once", approval_id, workspace: join(one.folder, "workspace") };
      const answers = await Promise.all(
        Array.from({ length: 16 }, (_, n) => (n % 2 === 0 ? one : two).execute(body, token)),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(15).fill(401)]);
    }
  }, 60_000);
});

describe.runIf(withPostgres)("PostgreSQL that goes away", () => {
  // @requirement EXE-10
  it("stops nothing where it only keeps the audit: entries wait in a file, and are all there once it is back", async () => {
    const database = await createDatabase();
    const line = await severable(database.url);
    try {
      const environment = { AUDIT_STORAGE: "postgres", DATABASE_URL: line.url };
      await using world = await startTestGateway({ executor: sandbox, environment });
      const spill = join(world.folder, "data", "execution_audit.jsonl");
      const before = await world.approved("echo before");
      await world.execute({ command: "echo before", approval_id: before.approval_id }, before.token);
      const during = await world.approved("echo during");
      line.sever();
      const ran = await world.execute({ command: "echo during", approval_id: during.approval_id }, during.token);
      expect(ran.body).toMatchObject({ success: true, output: "during" });
      expect(await readFile(spill, "utf8")).toContain(ran.body.execution_id);
      await line.restore();
      const after = await world.approved("echo after");
      await world.execute({ command: "echo after", approval_id: after.approval_id }, after.token);
      const commands = async () => (await rows(database, audit)).map(({ command }) => command).sort();
      const expected = ["echo after", "echo before", "echo during"];
      await expect.poll(commands, { timeout: 20_000 }).toEqual(expected);
    } finally {
      await line.close();
      await database.drop();
    }
  }, 60_000);

  // @requirement EXE-10
  it("refuses with 503 where it decides, and serves again once it is back", async () => {
    const database = await createDatabase();
    const line = await severable(database.url);
    try {
      const environment = { LOCKKEEPER_STORE: "postgres", DATABASE_URL: line.url };
      await using world = await startTestGateway({ executor: sandbox, environment });
      const { approval_id, token } = await world.approved("echo test");
      line.sever();
      const refused = await world.execute({ command: "echo test", approval_id }, token);
      expect(refused).toMatchObject({ status: 503, body: { success: false } });
      expect(await world.ask("GET", "/readyz")).toMatchObject({ status: 503, body: { ok: false } });
      expect(await world.ask("GET", "/healthz")).toMatchObject({ status: 200 });
      await line.restore();
      await expect.poll(async () => (await world.ask("GET", "/readyz")).status, { timeout: 10_000 }).toBe(200);
      expect((await world.execute({ command: "echo test", approval_id }, token)).body.success).toBe(true);
    } finally {
      await line.close();
      await database.drop();
    }
  }, 60_000);
});

describe.each(["sqlite", "jsonl"])("an audit in %s", (storage) => {
  // @requirement EXE-10
  it("is still there, and a used token still used, after a restart", async () => {
    const environment = { AUDIT_STORAGE: storage };
    const keys = newKeys();
    const first = await startTestGateway({ executor: sandbox, environment, keys });
    const { folder } = first;
    const { approval_id, token } = await first.approved("echo test");
    const ran = await first.execute({ command: "echo test", approval_id }, token);
    await first.gateway[Symbol.asyncDispose]();
    const second = await startTestGateway({ executor: sandbox, environment, keys, folder });
    const again = await second.execute({ command: "echo test", approval_id }, token);
    expect(again).toMatchObject({ status: 401, body: { code: "token/replayed" } });
    const bearer = await second.bearer("ann", "auditor");
    const { body } = await second.ask("GET", `/executions/${ran.body.execution_id}`, { bearer });
    expect(body).toMatchObject({ state: "ended", end: { outcome: "exited" } });
    await second[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  }, 30_000);
});

/** Opens a pipe to write to, once somebody reads it. */
async function openOnceRead(pipe: string): Promise<FileHandle> {
  let opened: FileHandle | undefined;
  const tryOpen = async () => {
    opened ??= await open(pipe, constants.O_WRONLY | constants.O_NONBLOCK).catch(() => undefined);
    return opened !== undefined;
  };
  await expect.poll(tryOpen, { timeout: 10_000 }).toBe(true);
  if (opened === undefined) throw new Error("nobody reads it");
  return opened;
}

// @requirement WFL-06
it("the kill switch ends what runs and stops what would, and outlives a restart", async () => {
  const keys = newKeys();
  const first = await startTestGateway({ executor: sandbox, keys });
  const { folder } = first;
  const admin = await first.bearer("root", "ADMIN");
  // A pipe that nobody closes is read for ever.
  const pipe = join(folder, "workspace", "pipe");
  execFileSync("mkfifo", ["-m", "0644", pipe]);
  const { approval_id, token } = await first.approved("cat pipe");
  const running = first.execute({ command: "cat pipe", approval_id }, token);
  await using _reader = await openOnceRead(pipe);
  const engaged = await first.ask("POST", "/pilot/kill-switch", {
    bearer: admin,
    body: { engage: true, reason: "stop" },
  });
  expect(engaged).toMatchObject({ status: 200, body: { engaged: true, by: "root" } });
  const ended = await running;
  expect(ended.body).toMatchObject({ success: false, outcome: "stopped" });
  const next = await first.approved("echo test");
  const stopped = await first.execute({ command: "echo test", approval_id: next.approval_id }, next.token);
  expect(stopped).toMatchObject({ status: 403, body: { code: "main/kill_switch" } });
  await first.gateway[Symbol.asyncDispose]();

  const second = await startTestGateway({ executor: sandbox, keys, folder });
  const still = await second.execute({ command: "echo test", approval_id: next.approval_id }, next.token);
  expect(still).toMatchObject({ status: 403, body: { code: "main/kill_switch" } });
  const operator = await second.bearer("olga", "OPERATOR");
  const lift = { engage: false, reason: "fixed" };
  expect((await second.ask("POST", "/pilot/kill-switch", { bearer: operator, body: lift })).status).toBe(403);
  expect((await second.ask("POST", "/pilot/kill-switch", { bearer: admin, body: lift })).status).toBe(200);
  const good = await second.execute({ command: "echo test", approval_id: next.approval_id }, next.token);
  expect(good.body).toMatchObject({ success: true });
  await second[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
}, 60_000);

// @requirement SBX-50
it("leaves a log that verifies, signed up to its end, and in which a changed byte is found", async () => {
  const world = await startTestGateway({ executor: sandbox });
  const { folder, keys } = world;
  const { approval_id, token } = await world.approved("echo test");
  await world.execute({ command: "echo test", approval_id }, token);
  await world.gateway[Symbol.asyncDispose]();
  const file = join(folder, "data", "lockkeeper.db");
  const verifiers = keys.keys
    .filter(({ purpose }) => purpose === "checkpoint")
    .map((key) => ed25519Verifier(key.verifyKey));
  const verified = async () => {
    await using store = openSqliteStore(file, { writer: "reader", clock: systemClock });
    return verifyAudit(store.audit, { verifiers, witnesses: [] });
  };
  expect(await verified()).toMatchObject({ ok: true, checkpoints: 1, uncovered: 0 });
  const db = new DatabaseSync(file);
  db.exec(
    "DROP TRIGGER entries_never_change; UPDATE entries SET line = replace(line, 'agent-7', 'agent-8') WHERE line LIKE '%agent-7%'",
  );
  db.close();
  expect(await verified()).toMatchObject({ ok: false });
  await rm(folder, { recursive: true });
}, 30_000);
