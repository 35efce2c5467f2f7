import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "../sandbox/index.js";
import { startTestGateway, type TestGateway } from "./testdata/running-gateway.js";

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

// @requirement EXE-01
describe("the walk-through: ask, approve, mint, execute", () => {
  it("runs what was approved, once", async () => {
    const { approval_id, token } = await world.approved("echo test");
    const body = { command: "echo test", approval_id };
    const first = await world.execute(body, token);
    expect(first).toMatchObject({ status: 200, body: { success: true, output: "test" } });
    expect(Object.keys(first.body).sort()).toEqual(["execution_id", "output", "success"]);
    const second = await world.execute(body, token);
    expect(second).toMatchObject({ status: 401, body: { success: false } });
  });
});
