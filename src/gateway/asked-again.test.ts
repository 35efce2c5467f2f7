import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "../sandbox/index.js";
import { createDatabase, hasPostgres } from "../store/testdata/test-database.js";
import { newKeys, startTestGateway } from "./testdata/running-gateway.js";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox();
}, 60_000);
afterAll(() => sandbox?.[Symbol.asyncDispose]());

const key = { "idempotency-key": "retry-1" };
const replayed = { status: 401, body: { success: false, code: "token/replayed" } };

// @requirement EXE-04
it("asking a gateway that was started again runs nothing: the answer is gone, the token is used", async () => {
  const keys = newKeys();
  const first = await startTestGateway({ executor: sandbox, keys });
  const { folder } = first;
  const { approval_id, token } = await first.approved("echo once");
  const body = { command: "echo once", approval_id };
  expect((await first.execute(body, token, key)).body).toMatchObject({ success: true });
  await first.gateway[Symbol.asyncDispose]();
  const second = await startTestGateway({ executor: sandbox, keys, folder });
  expect(await second.execute(body, token, key)).toMatchObject(replayed);
  await second[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
}, 30_000);

// @requirement EXE-04
it.runIf(await hasPostgres())(
  "asking another process runs nothing either, and the first still has the answer",
  async () => {
    const database = await createDatabase();
    try {
      const environment = { LOCKKEEPER_STORE: "postgres", DATABASE_URL: database.url };
      const keys = newKeys();
      await using one = await startTestGateway({ executor: sandbox, environment, keys });
      await using two = await startTestGateway({ executor: sandbox, environment, keys });
      const { approval_id, token } = await one.approved("date +%N");
      const body = { command: "date +%N", approval_id, workspace: join(one.folder, "workspace") };
      const first = await one.execute(body, token, key);
      expect(first.body).toMatchObject({ success: true });
      expect(await two.execute(body, token, key)).toMatchObject(replayed);
      expect((await one.execute(body, token, key)).body).toEqual(first.body);
    } finally {
      await database.drop();
    }
  },
  60_000,
);
