import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../host/index.js";
import { ok } from "../model/index.js";
import { createSandbox, type Sandbox } from "../sandbox/index.js";
import { openPostgresStore, openSqliteStore } from "../store/index.js";
import { intent, opening } from "../store/testdata/entries.js";
import { severable } from "../store/testdata/severable.js";
import { createDatabase, hasPostgres } from "../store/testdata/test-database.js";
import { startMaintenance } from "./maintenance.js";
import { createMetrics } from "./metrics.js";
import { openStores, type Stores } from "./open-stores.js";
import { createLogger } from "./redacted-log.js";
import { newKeys, startTestGateway } from "./testdata/running-gateway.js";

const withPostgres = await hasPostgres();
const dayMs = 86_400_000;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lockkeeper-maintenance-"));
});
afterEach(() => rm(folder, { recursive: true }));

const kept = { storage: "sqlite" as const, checkpointEveryS: 0, witness: null, liveDays: 1, archiveDays: 1, holds: [] };
const noMarks = { checkpointEveryS: 0, witness: null };

/** Maintains stores as a gateway does, without waiting between. */
function maintained(stores: Stores, clock: { nowMs(): number }, lines: string[] = []): AsyncDisposable {
  const approvals = { expireOverdue: async () => ok(0) };
  const parts = {
    approvals,
    clock,
    metrics: createMetrics(),
    logger: createLogger("info", (line) => lines.push(line)),
  };
  return startMaintenance(noMarks, folder, parts, stores, () => newKeys(), 1);
}

async function opened(environment: Partial<Parameters<typeof openStores>[0]>, clock = systemClock): Promise<Stores> {
  const settings = { store: "sqlite" as const, audit: kept, databaseUrl: null, ...environment };
  const stores = await openStores(settings, join(folder, "data"), { writer: "gateway-1", clock });
  if (!stores.ok) throw new Error(JSON.stringify(stores.error));
  return stores.value;
}

// @requirement EXE-04
it("forgets nonces whose tokens have expired by far, all of them, and no others", async () => {
  let nowMs = 1_000_000;
  const clock = { nowMs: () => nowMs };
  await using stores = await opened({}, clock);
  const take = (nonce: string) =>
    stores.ledger.open(intent(`execution-${nonce}`), opening(`execution-${nonce}`, { nonce, nowMs }));
  await Promise.all(Array.from({ length: 600 }, (_, n) => take(`old-${n}`)));
  nowMs += dayMs;
  await take("young");
  nowMs += 2 * 3_600_000;
  await using _maintenance = maintained(stores, clock);
  const known = async () =>
    (await Promise.all(["old-0", "old-599", "young"].map((nonce) => stores.ledger.seen(nonce)))).join();
  await expect.poll(known, { timeout: 10_000 }).toBe("false,false,true");
  expect(await stores.ledger.sinceS()).toBe(1061);
});

// @requirement EXE-10
it.skipIf(!withPostgres)("adds what a gateway that is gone has spilled, also where nothing is asked", async () => {
  const database = await createDatabase();
  const line = await severable(database.url);
  try {
    const audit = { ...kept, storage: "postgres" as const };
    await using stores = await opened({ audit, databaseUrl: database.url });
    line.sever();
    const spillFile = join(folder, "data", "execution_audit.jsonl");
    const gone = await openPostgresStore({ writer: "gone", clock: systemClock, url: line.url, spillFile });
    await gone.audit.append(intent("execution-1"));
    await gone.close();
    await using _maintenance = maintained(stores, systemClock);
    const seen = async () => (await stores.audit.about("execution-1")).map(({ writer }) => writer).join();
    await expect.poll(seen, { timeout: 20_000 }).toBe("gone");
    await expect.poll(() => readFile(`${spillFile}.2`, "utf8"), { timeout: 10_000 }).toBe("");
  } finally {
    await line.close();
    await database.drop();
  }
});

describe("a token that was used", () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await createSandbox();
  }, 60_000);
  afterAll(() => sandbox?.[Symbol.asyncDispose]());

  // @requirement EXE-04
  it("is refused also where another process, whose clock is far ahead, has forgotten that it was", async () => {
    const keys = newKeys();
    const first = await startTestGateway({ executor: sandbox, keys, folder });
    const { approval_id, token } = await first.approved("echo test");
    const body = { command: "echo test", approval_id };
    expect((await first.execute(body, token)).status).toBe(200);
    await first.gateway[Symbol.asyncDispose]();
    const ahead = openSqliteStore(join(folder, "data", "lockkeeper.db"), { writer: "ahead", clock: systemClock });
    await ahead.prune(systemClock.nowMs() + 30 * dayMs);
    await ahead.close();
    await using second = await startTestGateway({ executor: sandbox, keys, folder });
    const again = await second.execute(body, token);
    expect(again).toMatchObject({ status: 401, body: { success: false } });
    expect(JSON.stringify(again.body)).toContain("token/issued_before_store");
  });
});
