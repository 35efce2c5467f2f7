import { writeFile } from "node:fs/promises";
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

const refusedWith = (answered: Answered, status: number, code: string) =>
  expect(answered).toMatchObject({ status, body: { success: false, code } });

// @requirement EXE-01
describe("the walk-through: ask, approve, mint, execute", () => {
  it("runs what was approved, and answers with its output", async () => {
    const { approval_id, token } = await world.approved("echo test");
    const answered = await world.execute({ command: "echo test", approval_id }, token);
    expect(answered).toMatchObject({ status: 200, body: { success: true, output: "test" } });
    expect(Object.keys(answered.body).sort()).toEqual(["execution_id", "output", "success"]);
  });

  it("shows people soon afterwards that the approval was used", async () => {
    const { approval_id, token } = await world.approved("echo test");
    const { body } = await world.execute({ command: "echo test", approval_id }, token);
    const bearer = await world.bearer("vera", "VIEWER");
    const shown = async () => (await world.ask("GET", `/approvals/${approval_id}`, { bearer })).body;
    await expect.poll(shown).toMatchObject({ state: "used", execution_id: body.execution_id });
  });

  it("gives exact bytes, time and no violations where that is asked for", async () => {
    const { approval_id, token } = await world.approved(["printf", "a\\nb"]);
    const include = ["stdout", "duration_ms", "violations"];
    const { body } = await world.execute({ command: ["printf", "a\\nb"], approval_id, include }, token);
    expect(body).toMatchObject({ success: true, output: "a\nb", stdout: "a\nb", violations: [] });
    expect(body.duration_ms).toBeGreaterThanOrEqual(0);
  });
});

// @requirement EXE-13
it("answers a command that failed with its exit code and its standard error", async () => {
  const { approval_id, token } = await world.approved("ls nothing-here");
  const { status, body } = await world.execute({ command: "ls nothing-here", approval_id }, token);
  expect(status).toBe(200);
  expect(body).toMatchObject({ success: false, exit_code: 2, error: "The command failed" });
  expect(body.stderr).toContain("nothing-here");
});

// @requirement EXE-04
describe("a token is good for one execution", () => {
  it("also when many come at once", async () => {
    const { approval_id, token } = await world.approved("echo once");
    const body = { command: "echo once", approval_id };
    const answers = await Promise.all(Array.from({ length: 16 }, () => world.execute(body, token)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(15);
    refusedWith(await world.execute(body, token), 401, "token/replayed");
  });

  it("and asking again with the same idempotency key, token and body gives the same answer, and runs nothing", async () => {
    const { approval_id, token } = await world.approved("date +%N");
    const body = { command: "date +%N", approval_id };
    const key = { "idempotency-key": "retry-1" };
    const first = await world.execute(body, token, key);
    expect(first.body.success).toBe(true);
    expect((await world.execute(body, token, key)).body).toEqual(first.body);
    refusedWith(await world.execute(body, token, { "idempotency-key": "retry-2" }), 401, "token/replayed");
    refusedWith(await world.execute({ ...body, task: "t" }, token, key), 401, "token/replayed");
    refusedWith(await world.execute(body, token, { "idempotency-key": "with space" }), 400, "request/malformed");
  });
});

describe("what a token is bound to", () => {
  // @requirement EXE-07
  it("is one exact command: another one, other arguments, folder, environment or input are refused", async () => {
    const { approval_id, token } = await world.approved("echo test");
    const others = [
      { command: "echo test2" },
      { command: ["echo", "te", "st"] },
      { command: "date" },
      { command: "echo test", cwd: "/tmp" },
      { command: "echo test", env: { LC_ALL: "C" } },
      { command: "echo test", stdin_base64: "AA==" },
    ];
    for (const other of others) {
      const { status, body } = await world.execute({ ...other, approval_id, include: ["violations"] }, token);
      expect(status).toBe(403);
      expect(body.violations.map(({ rule }: { rule: string }) => rule)).toContain("token/command_mismatch");
    }
    expect((await world.execute({ command: "echo  'test'", approval_id }, token)).body.success).toBe(true);
  });

  // @requirement EXE-05
  it("is one approval", async () => {
    const [mine, other] = [await world.approved("echo test"), await world.approved("echo test")];
    const swapped = await world.execute({ command: "echo test", approval_id: other.approval_id }, mine.token);
    refusedWith(swapped, 403, "token/approval_mismatch");
    expect((await world.execute({ command: "echo test", ...other }, other.token)).status).toBe(400);
  });

  // @requirement EXE-06
  it("is an approval that stands: revoked, it is good for nothing", async () => {
    const { approval_id, token } = await world.approved("echo test");
    const bearer = await world.bearer("alice", "OPERATOR");
    await world.ask("POST", `/approvals/${approval_id}/revoke`, { bearer, body: { reason: "second thoughts" } });
    refusedWith(await world.execute({ command: "echo test", approval_id }, token), 403, "approval/revoked");
  });
});

// @requirement EXE-08
describe("four eyes", () => {
  const ask = async (bearer: string, more = {}) =>
    world.ask("POST", "/approvals", { bearer, body: { command: "echo test", reason: "needed", ...more } });
  const approve = (id: string, bearer: string, more = {}) =>
    world.ask("POST", `/approvals/${id}/approve`, { bearer, body: { reason: "looked at", ...more } });

  it("nobody approves what they asked for, whatever a body says, and no token is minted before", async () => {
    const bearer = await world.bearer("olga", "OPERATOR");
    const { body } = await ask(bearer);
    refusedWith(await approve(body.id, bearer), 403, "access/refused");
    refusedWith(await approve(body.id, bearer, { by: "alice" }), 400, "request/malformed");
    refusedWith(await ask(bearer, { requested_by: "alice" }), 400, "request/malformed");
    const minted = await world.ask("POST", `/approvals/${body.id}/token`, { bearer });
    expect(minted.status).toBe(409);
    expect((await approve(body.id, await world.bearer("alice", "OPERATOR"))).body).toMatchObject({ state: "approved" });
    expect((await world.ask("POST", `/approvals/${body.id}/token`, { bearer })).status).toBe(201);
  });

  it("who approved, when and why is kept", async () => {
    const { approval_id } = await world.approved("echo test");
    const bearer = await world.bearer("vera", "VIEWER");
    const { body } = await world.ask("GET", `/approvals/${approval_id}`, { bearer });
    expect(body).toMatchObject({
      requested_by: "agent-7",
      reason: "a test",
      decisions: [{ by: "alice", roles: ["OPERATOR"], verdict: "approve", reason: "seen" }],
    });
  });
});

// @requirement WFL-02
describe("who may do what", () => {
  const routes = [
    ["POST", "/approvals", { command: "echo test", reason: "r" }],
    ["GET", "/approvals", undefined],
    ["POST", "/v1/data/main/request", {}],
    ["GET", "/executions/AAAAAAAAAA", undefined],
    ["GET", "/openapi.json", undefined],
    ["GET", "/health", undefined],
    ["POST", "/pilot/kill-switch", { engage: true, reason: "r" }],
    ["POST", "/pilot/cancel", { object: "x", reason: "r" }],
  ] as const;

  it.each(routes)("%s %s asks for a credential, and for a role that may", async (method, path, body) => {
    const none = await world.ask(method, path, body === undefined ? {} : { body });
    refusedWith(none, 401, "token/missing");
    expect(none.headers.get("www-authenticate")).toContain("Bearer");
    const forged = `${(await world.bearer("eve", "ADMIN")).slice(0, -8)}AAAAAAAA`;
    expect((await world.ask(method, path, { bearer: forged, ...(body === undefined ? {} : { body }) })).status).toBe(
      401,
    );
    const nobody = await world.bearer("nobody", "metrics");
    const refused = await world.ask(method, path, { bearer: nobody, ...(body === undefined ? {} : { body }) });
    expect(refused.status).toBe(403);
    expect(refused.body.error).not.toBe("");
  });

  it("a capability is no credential for people's routes, and a Bearer token none to execute", async () => {
    const { approval_id, token } = await world.approved("echo test");
    expect((await world.ask("GET", "/approvals", { bearer: token })).status).toBe(401);
    const bearer = await world.bearer("root", "ADMIN");
    refusedWith(await world.execute({ command: "echo test", approval_id }, bearer), 401, "token/forged");
    refusedWith(await world.execute({ command: "echo test", approval_id }, null), 401, "token/missing");
  });

  it("two routes ask for none, and tell nothing", async () => {
    expect(await world.ask("GET", "/healthz")).toMatchObject({ status: 200, body: { ok: true } });
    expect(await world.ask("GET", "/readyz")).toMatchObject({ status: 200, body: { ok: true } });
  });

  it("metrics are served apart, to whoever has the role, and say how much, never who", async () => {
    const url = world.gateway.metricsUrl ?? "";
    expect(new URL(url).hostname).toBe("127.0.0.1");
    expect((await world.ask("GET", url)).status).toBe(401);
    const { status, body } = await world.ask("GET", url, { bearer: await world.bearer("prometheus", "metrics") });
    expect(status).toBe(200);
    expect(body).toContain('lockkeeper_security_refusals_total{reason="replay"}');
    expect(body).toContain('lockkeeper_executions_total{outcome="exited"}');
    expect(body).not.toMatch(/agent-7|alice|echo/);
  });
});

describe("the decision API", () => {
  it("answers as OPA does for declared entrypoints, and serves no data and no rule", async () => {
    const bearer = await world.bearer("sidecar", "decider");
    const asked = await world.ask("POST", "/v1/data/main/request", { bearer, body: { input: { a: 1 } } });
    expect(asked).toMatchObject({ status: 200, body: { result: { allow: false } } });
    for (const path of [
      "token",
      "access/permissions",
      "main",
      "main/request/allow",
      "main/well_formed",
      "",
      "system",
    ]) {
      expect(await world.ask("POST", `/v1/data/${path}`, { bearer, body: {} })).toMatchObject({
        status: 200,
        body: {},
      });
      expect((await world.ask("POST", `/v1/data/${path}`, { bearer, body: {} })).body).toEqual({});
    }
    expect((await world.ask("GET", "/v1/data/token", { bearer })).status).toBe(404);
  });
});

// @requirement EXE-15
describe("commands outside the allowlist", () => {
  it("are refused with the policy's line, although approved", async () => {
    await writeFile(join(world.folder, "workspace", "marker"), "there");
    const { approval_id, token } = await world.approved("rm marker");
    const { status, body } = await world.execute({ command: "rm marker", approval_id, include: ["violations"] }, token);
    expect(status).toBe(403);
    expect(body.violations[0]).toMatchObject({ requirements: ["EXE-15"], row: expect.any(Number) });
    const { approval_id: id, token: good } = await world.approved("cat marker");
    expect((await world.execute({ command: "cat marker", approval_id: id }, good)).body.output).toBe("there");
  });

  it("that a shell would take apart are no commands at all", async () => {
    const bearer = await world.bearer("agent-7", "requester");
    const body = { command: "echo test; id", reason: "r" };
    refusedWith(await world.ask("POST", "/approvals", { bearer, body }), 400, "command/syntax");
  });
});

describe("output while it runs", () => {
  it("comes as server-sent events, and ends with the answer", async () => {
    const { approval_id, token } = await world.approved("echo streamed");
    const { headers, body } = await world.execute({ command: "echo streamed", approval_id }, token, {
      accept: "text/event-stream",
    });
    expect(headers.get("content-type")).toContain("text/event-stream");
    expect(body).toMatch(
      /^event: output\ndata: \{"stream":"stdout","text":"streamed\\n"\}\n\nevent: end\ndata: .*"success":true/,
    );
  });

  it("is a plain answer where it is refused", async () => {
    const { approval_id } = await world.approved("echo streamed");
    const accept = { accept: "text/event-stream" };
    refusedWith(await world.execute({ command: "echo streamed", approval_id }, null, accept), 401, "token/missing");
  });
});

// @requirement EXE-16
it("shows no token in logs, nor in what a command gives back", async () => {
  const secret = (await world.approved("date")).token;
  const { approval_id, token } = await world.approved(["echo", secret]);
  const { body } = await world.execute({ command: ["echo", secret], approval_id }, token);
  expect(body).toMatchObject({ success: true, output: "[token]" });
  const viewer = await world.bearer("vera", "VIEWER");
  const read = await world.ask("GET", `/approvals/${approval_id}`, { bearer: viewer });
  expect(read.body).toMatchObject({ id: approval_id, action: { argv: ["echo", "[token]"] } });
  const listed = await world.ask("GET", "/approvals", { bearer: viewer });
  expect(JSON.stringify(listed.body)).not.toContain(secret.slice(0, 40));
  expect(world.lines.join("")).not.toContain(secret.slice(0, 40));
  expect(world.lines.length).toBeGreaterThan(0);
});

// @requirement MEX-04
it("records who asked, who approved, what ran under which policies, and hashes of what came out", async () => {
  const { approval_id, token } = await world.approved("echo test");
  const executed = await world.execute({ command: "echo test", approval_id }, token);
  const id = executed.body.execution_id;
  const bearer = await world.bearer("ann", "auditor");
  const { body } = await world.ask("GET", `/executions/${id}`, { bearer });
  expect(body).toMatchObject({
    execution_id: id,
    state: "ended",
    intent: {
      subject: "agent-7",
      approvers: ["alice"],
      approval_id,
      decision: "allow",
      command: "echo test",
      action: { argv: ["echo", "test"] },
      bundle_sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      isolation: { user: true, mount: true, pid: true, net: true },
    },
    end: { outcome: "exited", exit_code: 0, stdout_sha256: expect.stringMatching(/^f2ca1bb6/) },
  });
  expect((await world.ask("GET", "/executions/no-such-execution", { bearer })).status).toBe(404);
});
