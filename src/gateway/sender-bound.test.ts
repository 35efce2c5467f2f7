import { hash, randomUUID } from "node:crypto";
import { request } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { StoppingExecutor } from "../gate/index.js";
import { systemRandom } from "../host/index.js";
import { createSandbox, type Sandbox } from "../sandbox/index.js";
import { mintCapability, newKey, type PrivateSigningKey, thumbprintOf } from "../token/index.js";
import { forge, partOf } from "../token/testdata/token-world.js";
import { type Answered, startTestGateway, type TestGateway } from "./testdata/running-gateway.js";

const clock = { nowMs: () => Date.parse("2026-06-01T12:00:00Z") };
const nowS = clock.nowMs() / 1000;
const sender = newKey("EdDSA", "bearer", clock.nowMs(), systemRandom);
const thief = newKey("EdDSA", "bearer", clock.nowMs(), systemRandom);

let sandbox: Sandbox;
let executor: StoppingExecutor;
let world: TestGateway;
let started = 0;
beforeAll(async () => {
  sandbox = await createSandbox();
  executor = {
    isolation: () => sandbox.isolation(),
    run: (execution, sink) => {
      started += 1;
      return sandbox.run(execution, sink);
    },
    stop: (executionId) => sandbox.stop(executionId),
    stopAll: () => sandbox.stopAll(),
  };
  world = await startTestGateway({ executor, clock });
}, 60_000);
afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
  await sandbox?.[Symbol.asyncDispose]();
});
beforeEach(() => {
  started = 0;
});

function publicOf({ verifyKey }: Pick<PrivateSigningKey, "verifyKey">) {
  const { kty = "", crv = "", x = "", y } = verifyKey.export({ format: "jwk" });
  return y === undefined ? { kty, crv, x } : { kty, crv, x, y };
}

/** A token over an approval as the gateway mints it, but bound to the sender's key. */
async function boundToken(key = sender, gateway = world) {
  const { approval_id, token: plain } = await gateway.approved("echo bound");
  const { sub, cmd_hash, bundle_sha256 } = partOf(plain, 1);
  const claims = { sub: String(sub), cmd_hash: String(cmd_hash), bundle_sha256: String(bundle_sha256) };
  const grant = { ...claims, approval_id, jkt: thumbprintOf(publicOf(key)) };
  const minted = await mintCapability(gateway.keys, grant, clock, systemRandom);
  if (!minted.ok) throw new Error(minted.error.message);
  return { approval_id, token: minted.value.token, body: { command: "echo bound", approval_id } };
}

/** A proof that is good for the token, unless something of it is changed. */
function proofFor(token: string, changed: object = {}, key = sender, gateway = world): string {
  const htu = `${gateway.gateway.url}/gateway/execute`;
  const ath = hash("sha256", token, "base64url");
  const header = { typ: "dpop+jwt", alg: key.alg, jwk: publicOf(key) };
  return forge(header, { jti: randomUUID(), htm: "POST", htu, iat: nowS, ath, ...changed }, key);
}

function expectRefused(answered: Answered, code: string) {
  expect(answered).toMatchObject({ status: 401, body: { success: false, code } });
  expect(answered.body).not.toHaveProperty("output");
}

// @requirement EXE-03
describe("a token that is bound to its sender's key", () => {
  it.each(["EdDSA", "ES256"] as const)("runs once with a proof by that key (%s)", async (alg) => {
    const key = newKey(alg, "bearer", clock.nowMs(), systemRandom);
    const { token, body } = await boundToken(key);
    const ran = await world.execute(body, token, { dpop: proofFor(token, {}, key) });
    expect(ran).toMatchObject({ status: 200, body: { success: true, output: "bound" } });
    expect(started).toBe(1);
    expectRefused(await world.execute(body, token, { dpop: proofFor(token, {}, key) }), "token/replayed");
    expect(started).toBe(1);
  });

  it("runs also where the proof is as old, or as early, as it may be, and its address spelt otherwise", async () => {
    const spelt = `${world.gateway.url.replace("http:", "HTTP:")}/gateway/./execute?once#there`;
    for (const changed of [{ iat: nowS - 60 }, { iat: nowS + 5 }, { htu: spelt }]) {
      const { token, body } = await boundToken();
      expect((await world.execute(body, token, { dpop: proofFor(token, changed) })).body).toMatchObject({
        success: true,
      });
    }
  });

  it.each<readonly [string, string, (token: string) => string | undefined]>([
    ["no proof", "token/missing", () => undefined],
    ["something that is no proof", "token/malformed", () => "proof"],
    ["two proofs", "token/malformed", (token) => `${proofFor(token)}, ${proofFor(token)}`],
    ["a proof by another key", "token/wrong_binding", (token) => proofFor(token, {}, thief)],
    ["a proof for another method", "token/wrong_binding", (token) => proofFor(token, { htm: "GET" })],
    [
      "a proof for another route",
      "token/wrong_binding",
      (token) => proofFor(token, { htu: `${world.gateway.url}/approvals` }),
    ],
    [
      "a proof for another gateway",
      "token/wrong_binding",
      (token) => proofFor(token, { htu: "https://gate.example/gateway/execute" }),
    ],
    ["a proof for no address", "token/wrong_binding", (token) => proofFor(token, { htu: "/gateway/execute" })],
    ["a proof that is too old", "token/expired", (token) => proofFor(token, { iat: nowS - 61 })],
    ["a proof from the future", "token/not_yet_valid", (token) => proofFor(token, { iat: nowS + 6 })],
    ["a proof for another token", "token/wrong_binding", (token) => proofFor(token, { ath: "A".repeat(43) })],
    ["a proof that says no token", "token/malformed", (token) => proofFor(token, { ath: undefined })],
  ])("is refused with %s, runs nothing, and is not used up", async (_, code, proof) => {
    const { token, body } = await boundToken();
    const dpop = proof(token);
    expectRefused(await world.execute(body, token, dpop === undefined ? {} : { dpop }), code);
    expect(started).toBe(0);
    expect((await world.execute(body, token, { dpop: proofFor(token) })).body).toMatchObject({ success: true });
  });

  it("is refused with a proof whose id was seen, also where that came to nothing", async () => {
    const { token, body } = await boundToken();
    const dpop = proofFor(token, { jti: "seen-before" });
    const other = { ...body, command: "echo something else" };
    expect(await world.execute(other, token, { dpop })).toMatchObject({ status: 403 });
    expectRefused(await world.execute(body, token, { dpop }), "token/replay");
    expectRefused(await world.execute(body, token, { dpop: proofFor(token, { jti: "seen-before" }) }), "token/replay");
    expect(started).toBe(0);
  });

  it("has one use, however many good proofs come at once", async () => {
    const { token, body } = await boundToken();
    const many = Array.from({ length: 8 }, () => world.execute(body, token, { dpop: proofFor(token) }));
    const statuses = (await Promise.all(many)).map(({ status }) => status).sort();
    expect(statuses).toEqual([200, ...Array(7).fill(401)]);
    expect(started).toBe(1);
  });
});

it("shows no proof in logs", async () => {
  const { token, body } = await boundToken();
  const dpop = proofFor(token, { iat: nowS - 61 });
  await world.execute(body, token, { dpop });
  expect(world.lines.join("")).not.toContain(dpop.slice(0, 40));
});

/** Asks with headers that `fetch` does not let anybody set. */
function executeAs(host: string, url: string, body: object, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request(`${url}/gateway/execute`, {
      method: "POST",
      headers: { "content-type": "application/json", host, ...headers },
    });
    asked.on("error", reject).on("response", (response) => resolve(response.resume().statusCode ?? 0));
    asked.end(JSON.stringify(body));
  });
}

// @requirement EXE-03
describe("the address that a proof must be for", () => {
  it("is what the configuration says, whatever a request calls the gateway", async () => {
    const yaml = "schema: lockkeeper/config/v1\ngateway:\n  public_url: https://gate.example/lock/\n";
    await using proxied = await startTestGateway({ executor, clock, yaml });
    const { token, body } = await boundToken(sender, proxied);
    const elsewhere = proofFor(token, { htu: "http://other.example/gateway/execute" });
    const taken = { "x-capability-token": token, dpop: elsewhere };
    expect(await executeAs("other.example", proxied.gateway.url, body, taken)).toBe(401);
    expect(started).toBe(0);
    const dpop = proofFor(token, { htu: "https://gate.example/lock/gateway/execute" });
    expect((await proxied.execute(body, token, { dpop })).body).toMatchObject({ success: true });
  });
});

describe("the kept answer of a token that is bound", () => {
  const key = { "idempotency-key": "again-1" };

  it("is given to whoever shows the sender's key once more, and to nobody else", async () => {
    const { token, body } = await boundToken();
    const first = await world.execute(body, token, { ...key, dpop: proofFor(token) });
    expect(first.body).toMatchObject({ success: true, output: "bound" });
    expectRefused(await world.execute(body, token, key), "token/missing");
    expectRefused(
      await world.execute(body, token, { ...key, dpop: proofFor(token, {}, thief) }),
      "token/wrong_binding",
    );
    const again = await world.execute(body, token, { ...key, dpop: proofFor(token) });
    expect(again.body).toEqual(first.body);
    expect(started).toBe(1);
  });

  it("nor to whoever asks while it runs, who hinders nobody either", async () => {
    const { token, body } = await boundToken();
    const [stolen, first, ...others] = await Promise.all([
      world.execute(body, token, { ...key, dpop: proofFor(token, {}, thief) }),
      ...Array.from({ length: 4 }, () => world.execute(body, token, { ...key, dpop: proofFor(token) })),
    ]);
    expectRefused(stolen, "token/wrong_binding");
    expect(first?.body).toMatchObject({ success: true });
    for (const other of others) expect(other.body).toEqual(first?.body);
    expect(started).toBe(1);
  });
});
