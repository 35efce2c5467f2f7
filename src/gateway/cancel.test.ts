import { execFileSync } from "node:child_process";
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StoppingExecutor } from "../gate/index.js";
import { systemClock } from "../host/index.js";
import { createSandbox, type Sandbox } from "../sandbox/index.js";
import { openSqliteStore } from "../store/index.js";
import { type Answered, startTestGateway, type TestGateway } from "./testdata/running-gateway.js";

let sandbox: Sandbox;
let world: TestGateway;
/** The executions that were started, by the command's last word. */
const started = new Map<string, string>();
beforeAll(async () => {
  sandbox = await createSandbox();
  const executor: StoppingExecutor = {
    isolation: () => sandbox.isolation(),
    run: (execution, sink) => {
      started.set(execution.argv.at(-1) ?? "", execution.executionId);
      return sandbox.run(execution, sink);
    },
    stop: (executionId) => sandbox.stop(executionId),
    stopAll: () => sandbox.stopAll(),
  };
  world = await startTestGateway({ executor });
}, 60_000);
afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
  await sandbox?.[Symbol.asyncDispose]();
});

/** A command that reads a pipe, and that runs: who writes to the pipe, and what will be answered. */
type Reading = { readonly id: string; readonly writer: FileHandle; readonly answer: Promise<Answered> };

async function reading(name: string): Promise<Reading> {
  const pipe = join(world.folder, "workspace", name);
  execFileSync("mkfifo", ["-m", "0644", pipe]);
  const { approval_id, token } = await world.approved(`cat ${name}`);
  const answer = world.execute({ command: `cat ${name}`, approval_id }, token);
  // Opening to write succeeds once the command reads.
  let writer: FileHandle | undefined;
  const opened = async () => {
    writer ??= await open(pipe, constants.O_WRONLY | constants.O_NONBLOCK).catch(() => undefined);
    return writer !== undefined;
  };
  await expect.poll(opened, { timeout: 10_000 }).toBe(true);
  if (writer === undefined) throw new Error("nobody reads it");
  return { id: started.get(name) ?? "", writer, answer };
}

async function cancel(object: string, role = "OPERATOR", reason = "not needed any more") {
  const bearer = await world.bearer("olga", role);
  return world.ask("POST", "/pilot/cancel", { bearer, body: { object, reason } });
}

type Event = { readonly name?: string; readonly detail?: { readonly reason?: string } };

/** What the audit has of cancelling, oldest first. */
async function cancelled(): Promise<Event[]> {
  const file = join(world.folder, "data", "lockkeeper.db");
  await using store = openSqliteStore(file, { writer: "reader", clock: systemClock });
  const entries: Event[] = [];
  for await (const { line } of store.audit.entries()) entries.push(JSON.parse(line));
  return entries.filter(({ name }) => name === "pilot/cancel");
}

describe("cancelling an execution", () => {
  it("ends the one that is named and no other, and both are recorded as what they were", async () => {
    const [one, other] = [await reading("one"), await reading("other")];
    const done = await cancel(one.id);
    expect(done).toMatchObject({ status: 200, body: { success: true, recorded: "pilot/cancel", stopped: true } });
    expect((await one.answer).body).toMatchObject({ success: false, outcome: "stopped", execution_id: one.id });
    await other.writer.write("still here\n");
    await other.writer.close();
    expect((await other.answer).body).toMatchObject({ success: true, output: "still here" });
    await one.writer.close();
    const bearer = await world.bearer("ann", "auditor");
    const read = await world.ask("GET", `/executions/${one.id}`, { bearer });
    expect(read.body).toMatchObject({ state: "ended", end: { outcome: "stopped" } });
    expect(await cancelled()).toMatchObject([{ object: one.id, actor: "olga", roles: ["OPERATOR"] }]);
  });

  it("is no more than recorded where it does not run here, or no more", async () => {
    for (const object of [started.get("one") ?? "", "AAAAAAAAAAAAAAAAAAAAAA", "WP-17"]) {
      const done = await cancel(object);
      expect(done).toMatchObject({ status: 202, body: { success: true, recorded: "pilot/cancel", stopped: false } });
      expect((await cancelled()).at(-1)).toMatchObject({ object, actor: "olga" });
    }
  });

  it("takes a role that may, else it runs on and nothing is recorded", async () => {
    const { id, writer, answer } = await reading("kept");
    const before = (await cancelled()).length;
    expect(await cancel(id, "VIEWER")).toMatchObject({ status: 403, body: { code: "access/role_lacks_permission" } });
    await writer.close();
    expect((await answer).body).toMatchObject({ success: true });
    expect(await cancelled()).toHaveLength(before);
  });

  // @requirement EXE-16
  it("records its reason without tokens", async () => {
    const token = await world.bearer("vera", "VIEWER");
    await cancel("WP-18", "OPERATOR", `seen: ${token}`);
    expect((await cancelled()).at(-1)?.detail?.reason).toBe("seen: [token]");
  });
});
