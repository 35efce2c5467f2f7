import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:fs";
import { open, rm } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { systemClock } from "../host/index.js";
import { createSandbox, type Sandbox } from "../sandbox/index.js";
import { openSqliteStore } from "../store/index.js";
import { startTestGateway, type TestGateway } from "./testdata/running-gateway.js";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox();
}, 60_000);
afterAll(() => sandbox?.[Symbol.asyncDispose]());

it("does not wait for connections on which nothing was asked", async () => {
  const world = await startTestGateway({ executor: sandbox });
  const { hostname, port } = new URL(world.gateway.url);
  const silent = connect(Number(port), hostname);
  await once(silent, "connect");
  const ended = once(silent, "close");
  await world[Symbol.asyncDispose]();
  silent.resume();
  await ended;
  expect(silent.destroyed).toBe(true);
});

/** Starts a command that reads a pipe for ever, for a client that leaves once it runs. */
async function abandoned(world: TestGateway): Promise<AsyncDisposable> {
  const pipe = join(world.folder, "workspace", "pipe");
  execFileSync("mkfifo", ["-m", "0644", pipe]);
  const { approval_id, token } = await world.approved("cat pipe");
  const leaving = new AbortController();
  const asked = fetch(`${world.gateway.url}/gateway/execute`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-capability-token": token },
    body: JSON.stringify({ command: "cat pipe", approval_id }),
    signal: leaving.signal,
  });
  // Opening to write succeeds once the command reads.
  const tryOpen = () => open(pipe, constants.O_WRONLY | constants.O_NONBLOCK).catch(() => undefined);
  let writer = await tryOpen();
  const opened = async () => {
    writer ??= await tryOpen();
    return writer !== undefined;
  };
  await expect.poll(opened, { timeout: 10_000 }).toBe(true);
  leaving.abort();
  await expect(asked).rejects.toThrow();
  return { [Symbol.asyncDispose]: async () => writer?.close() };
}

it("ends and records what still runs after the grace, also where its client has left", async () => {
  const yaml = "schema: lockkeeper/config/v1\ngateway:\n  grace_s: 0\n";
  const world = await startTestGateway({ executor: sandbox, yaml });
  const { folder } = world;
  await using _pipe = await abandoned(world);
  await world.gateway[Symbol.asyncDispose]();
  await using store = openSqliteStore(join(folder, "data", "lockkeeper.db"), { writer: "reader", clock: systemClock });
  const ends: unknown[] = [];
  for await (const { line } of store.audit.entries()) if (line.includes('"kind":"end"')) ends.push(JSON.parse(line));
  expect(ends).toMatchObject([{ outcome: "stopped" }]);
  await rm(folder, { recursive: true });
}, 30_000);
