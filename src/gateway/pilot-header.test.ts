import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packageRoot, systemClock } from "../host/index.js";
import { createSandbox, type Sandbox } from "../sandbox/index.js";
import { openSqliteStore } from "../store/index.js";
import { type Answered, startTestGateway, type TestGateway } from "./testdata/running-gateway.js";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox();
}, 60_000);
afterAll(() => sandbox?.[Symbol.asyncDispose]());

const off = "X-Pilot-ID proves nothing and is switched off: send a Bearer token";
const nobody = "X-Pilot-ID names nobody who may use it: send a Bearer token";

const by = (id: string, more: Record<string, string> = {}) => ({ headers: { "x-pilot-id": id, ...more } });
const cancel = { object: "task-1", reason: "not now" };

function refusedWith(answered: Answered, status: number, code: string, error?: string) {
  expect(answered).toMatchObject({ status, body: { success: false, code, ...(error === undefined ? {} : { error }) } });
}

// @requirement WFL-01
describe("X-Pilot-ID at a gateway that is told nothing of it", () => {
  it("is no credential on any route, and the answer says so", async () => {
    await using world = await startTestGateway({ executor: sandbox });
    for (const [method, path, body] of [
      ["POST", "/pilot/cancel", cancel],
      ["POST", "/pilot/kill-switch", { engage: true, reason: "r" }],
      ["GET", "/approvals", undefined],
      ["GET", "/openapi.json", undefined],
      ["GET", world.gateway.metricsUrl ?? "", undefined],
    ] as const) {
      refusedWith(await world.ask(method, path, { ...by("alice"), body }), 401, "token/missing", off);
    }
  });
});

/** The alerts of a gateway's audit, oldest first. */
async function alertsIn(database: string): Promise<unknown[]> {
  await using store = openSqliteStore(database, { writer: "reader", clock: systemClock });
  const entries: { name?: string }[] = [];
  for await (const { line } of store.audit.entries()) entries.push(JSON.parse(line));
  return entries.filter(({ name }) => name === "alert/legacy_pilot_id");
}

/** The package's policies, with permissions for which the older header is good. */
async function policiesWith(folder: string, legacy: string): Promise<void> {
  await cp(join(packageRoot(), "policies"), folder, { recursive: true });
  const file = join(folder, "access", "roles.yaml");
  const text = await readFile(file, "utf8");
  await writeFile(file, text.replace("legacy: []", `legacy: ${legacy}`));
}

// @requirement WFL-01
describe("X-Pilot-ID where it is switched on", () => {
  let world: TestGateway;
  let policies: string;
  beforeAll(async () => {
    policies = await mkdtemp(join(tmpdir(), "lockkeeper-policies-"));
    await policiesWith(policies, "[pilot.cancel, pilot.read, pilot.kill_switch, metrics.read]");
    const pilots = "{alice: OPERATOR, prom: metrics}";
    const yaml = `schema: lockkeeper/config/v1\npolicies: ${policies}\ngateway:\n  legacy_pilot_ids: ${pilots}\n`;
    world = await startTestGateway({ executor: sandbox, yaml });
  }, 120_000);
  afterAll(async () => {
    await world?.[Symbol.asyncDispose]();
    await rm(policies, { recursive: true, force: true });
  });

  it("does what the pilot's role may, where the rules accept it", async () => {
    const done = await world.ask("POST", "/pilot/cancel", { ...by("alice"), body: cancel });
    expect(done).toMatchObject({ status: 202, body: { success: true } });
    expect((await world.ask("GET", "/pilot/kill-switch", by("alice"))).status).toBe(200);
  });

  it("does nothing that the role may not, nor what the rules do not accept it for", async () => {
    const engage = { engage: true, reason: "r" };
    refusedWith(await world.ask("POST", "/pilot/kill-switch", { ...by("alice"), body: engage }), 403, "access/refused");
    const resume = await world.ask("POST", "/pilot/resume", { ...by("alice"), body: cancel });
    refusedWith(resume, 403, "access/legacy_off");
    refusedWith(
      await world.ask("POST", "/approvals", { ...by("alice"), body: { command: "date", reason: "r" } }),
      403,
      "access/refused",
    );
  });

  it("names nobody who is not listed", async () => {
    for (const id of ["mallory", "ALICE", ""]) {
      refusedWith(await world.ask("POST", "/pilot/cancel", { ...by(id), body: cancel }), 401, "token/missing", nobody);
    }
  });

  it("counts for nothing beside a Bearer token, good or bad", async () => {
    const viewer = await world.bearer("vera", "VIEWER");
    const asViewer = { ...by("alice"), bearer: viewer, body: cancel };
    refusedWith(await world.ask("POST", "/pilot/cancel", asViewer), 403, "access/role_lacks_permission");
    const forged = { ...by("alice"), bearer: `${viewer.slice(0, -8)}AAAAAAAA`, body: cancel };
    refusedWith(await world.ask("POST", "/pilot/cancel", forged), 401, "token/forged");
  });

  it("executes nothing", async () => {
    const { approval_id } = await world.approved("echo test");
    const body = { command: "echo test", approval_id };
    refusedWith(await world.execute(body, null, { "x-pilot-id": "alice" }), 401, "token/missing");
  });

  it("alerts at each use: in the audit, in the log, and by a count", async () => {
    const used = () => world.lines.filter((line) => line.includes('"alert":"legacy_pilot_id"')).length;
    const before = used();
    await world.ask("POST", "/pilot/cancel", { ...by("alice"), body: cancel });
    await world.ask("POST", "/pilot/waive-violation", { ...by("alice"), body: cancel });
    expect(used() - before).toBe(2);
    const metrics = await world.ask("GET", world.gateway.metricsUrl ?? "", by("prom"));
    expect(metrics.body).toContain(`lockkeeper_alerts_total{kind="legacy_pilot_id"} ${used()}`);
    const alerts = await alertsIn(join(world.folder, "data", "lockkeeper.db"));
    expect(alerts).toHaveLength(used());
    expect(alerts.slice(-3)).toMatchObject([
      { actor: "alice", roles: ["OPERATOR"], detail: { route: "POST /pilot/cancel" } },
      { actor: "alice", roles: ["OPERATOR"], detail: { route: "POST /pilot/waive-violation" } },
      { actor: "prom", roles: ["metrics"], detail: { route: "GET /metrics" } },
    ]);
  });
});
