import { expect, it } from "vitest";
import { noIsolation } from "../model/index.js";
import { startTestGateway } from "./testdata/running-gateway.js";

/** Nothing gets as far as running here. */
const run = () => Promise.reject(new Error("not here"));
const executor = { isolation: () => noIsolation, run, stop: () => false, stopAll: () => 0 };
const logInto = (file: string) => `schema: lockkeeper/config/v1\ngateway:\n  decision_log: ${file}\n`;

it("refuses what was decided and cannot be written", async () => {
  await using world = await startTestGateway({ executor, yaml: logInto("/dev/full") });
  const bearer = await world.bearer("agent-7", "requester");
  const body = { command: "echo test", reason: "needed" };
  const refused = await world.ask("POST", "/approvals", { bearer, body });
  expect(refused).toMatchObject({ status: 500, body: { success: false, code: "internal/bug" } });
  expect(world.lines.join("")).toContain("ENOSPC");
  const viewer = await world.bearer("vera", "VIEWER");
  expect((await world.ask("GET", "/approvals", { bearer: viewer })).status).toBe(500);
});

it("keeps a gateway whose log cannot be opened from starting, with the reason", async () => {
  const started = startTestGateway({ executor, yaml: logInto("no-such-folder/decisions.jsonl") });
  await expect(started).rejects.toThrow(/the gateway cannot start: ENOENT.*no-such-folder/);
});
