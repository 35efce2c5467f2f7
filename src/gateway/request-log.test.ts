import { execFileSync } from "node:child_process";
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "../sandbox/index.js";
import { type Answered, startTestGateway, type TestGateway } from "./testdata/running-gateway.js";

let sandbox: Sandbox;
let world: TestGateway;
beforeAll(async () => {
  sandbox = await createSandbox();
  world = await startTestGateway({ executor: sandbox });
}, 60_000);
afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
  await sandbox?.[Symbol.asyncDispose]();
});

const all = () => world.lines.map((line) => JSON.parse(line));

/** The lines about a request, once there are any: a line comes when the answer is out, which is when we have it or soon after. */
async function linesOf({ headers }: Answered) {
  const found = () => all().filter(({ request_id }) => request_id === headers.get("x-request-id"));
  await expect.poll(found).not.toEqual([]);
  return found();
}

const line = (method: string, route: string | null, status: number) => ({
  level: 30,
  time: expect.any(String),
  request_id: expect.stringMatching(/^[A-Za-z0-9_-]{16}$/),
  method,
  route,
  status,
  duration_ms: expect.any(Number),
  msg: "request",
});

// @requirement EXE-16
describe("the log of requests", () => {
  it("has one line for each, with its route and not its address", async () => {
    const bearer = await world.bearer("vera", "VIEWER");
    const listed = await world.ask("GET", "/approvals?limit=7", { bearer });
    expect(await linesOf(listed)).toEqual([line("GET", "/approvals", 200)]);
    const hidden = await world.ask("GET", `/approvals/${bearer}`, { bearer });
    expect(hidden.body).toMatchObject({ success: false, code: "request/malformed" });
    expect(await linesOf(hidden)).toEqual([line("GET", null, 400)]);
    const mistaken = await world.ask("GET", "/approvals/50%", { bearer });
    expect(mistaken.body).toMatchObject({ success: false, code: "request/malformed" });
    expect(await linesOf(mistaken)).toEqual([line("GET", null, 400)]);
    expect(mistaken.headers.get("cache-control")).toBe("no-store");
    const shown = await world.ask("GET", "/approvals/none-such", { bearer });
    expect(await linesOf(shown)).toEqual([line("GET", "/approvals/:id", 404)]);
    const nowhere = await world.ask("GET", `/nowhere/${bearer}?password=hunter2`);
    expect(await linesOf(nowhere)).toEqual([line("GET", null, 404)]);
    const malformed = await world.ask("POST", "/approvals", { bearer, body: "{" });
    expect(await linesOf(malformed)).toEqual([line("POST", "/approvals", 400)]);
    expect(await linesOf(await world.ask("GET", "/healthz"))).toEqual([line("GET", "/healthz", 200)]);
    const text = world.lines.join("");
    for (const secret of [bearer.slice(-40), "hunter2", "limit=7"]) expect(text).not.toContain(secret);
  });

  it("says of an execution which one it was and how it went, also where its output came as events", async () => {
    for (const headers of [{}, { accept: "text/event-stream" }]) {
      const { approval_id, token } = await world.approved("echo test");
      const body = { command: "echo test", approval_id };
      const ran = await world.execute(body, token, headers);
      const execution_id = expect.stringMatching(/^[A-Za-z0-9_-]{22}$/);
      const executed = line("POST", "/gateway/execute", 200);
      expect(await linesOf(ran)).toEqual([{ ...executed, execution_id, success: true }]);
      const again = await world.execute(body, token);
      expect(await linesOf(again)).toEqual([
        { ...executed, status: 401, execution_id, success: false, code: "token/replayed" },
      ]);
      expect(world.lines.join("")).not.toContain(token.slice(-40));
    }
  });

  it("says that a client left, and afterwards what came of what it had asked for", async () => {
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
    const tryOpen = () => open(pipe, constants.O_WRONLY | constants.O_NONBLOCK).catch(() => null);
    let writer = await tryOpen();
    const opened = async () => {
      writer ??= await tryOpen();
      return writer !== null;
    };
    await expect.poll(opened, { timeout: 10_000 }).toBe(true);
    leaving.abort();
    await expect(asked).rejects.toThrow();
    const left = () => all().filter(({ aborted }) => aborted === true);
    await expect.poll(left).toMatchObject([{ route: "/gateway/execute", status: null, msg: "request" }]);
    await writer?.close();
    const after = () => all().filter(({ msg }) => msg === "request, after its client left");
    await expect.poll(after).toMatchObject([{ success: true, execution_id: expect.any(String) }]);
    expect(after()[0].request_id).toBe(left()[0].request_id);
  });
});
