import { randomBytes } from "node:crypto";
import { createClient } from "redis";
import { afterAll, describe, expect, it } from "vitest";
import { createMemoryRefusal, type FastRefusal, openRedisRefusal } from "./index.js";
import { fixedClock } from "./testdata/stores.js";
import { leftOut } from "./testdata/test-database.js";

const redisUrl = process.env.REDIS_URL ?? "redis://127.0.0.1:6379";
const prefix = `lockkeeper-test-${randomBytes(6).toString("hex")}:`;

async function hasRedis(): Promise<boolean> {
  const client = createClient({ url: redisUrl, socket: { reconnectStrategy: false, connectTimeout: 2000 } });
  client.on("error", () => undefined);
  try {
    await client.connect();
    client.destroy();
    return true;
  } catch (error) {
    return leftOut("Redis", error);
  }
}
const redisThere = await hasRedis();

const kinds: readonly { readonly name: string; readonly open: () => Promise<FastRefusal> }[] = [
  { name: "memory", open: async () => createMemoryRefusal(fixedClock) },
  ...(redisThere ? [{ name: "Redis", open: async () => ready(await openRedisRefusal(redisUrl, prefix)) }] : []),
];

async function ready(refusal: FastRefusal): Promise<FastRefusal> {
  await expect.poll(() => refusal.isThere(), { timeout: 5000 }).toBe(true);
  return refusal;
}

describe.each(kinds)("$name", ({ open }) => {
  // @requirement SBX-52
  it("refuses one more than the limit, of one who asks, until the window has moved on", async () => {
    await using refusal = await open();
    const limits = [{ window_ms: 60_000, limit: 3 }];
    const nowMs = 1_200_000;
    for (let n = 0; n < 3; n++) expect(await refusal.waitMs("agent-1", limits, nowMs)).toBeNull();
    const wait = await refusal.waitMs("agent-1", limits, nowMs);
    expect(wait).toBe(80_000);
    expect(await refusal.waitMs("agent-2", limits, nowMs)).toBeNull();
    expect(await refusal.waitMs("agent-1", limits, nowMs + 80_000)).toBeNull();
  });

  // @requirement SBX-52
  it("holds to the narrowest of several limits, and counts none of what it refuses", async () => {
    await using refusal = await open();
    const limits = [
      { window_ms: 60_000, limit: 2 },
      { window_ms: 3_600_000, limit: 3 },
    ];
    const nowMs = 7_200_000;
    for (let n = 0; n < 2; n++) expect(await refusal.waitMs("agent-3", limits, nowMs)).toBeNull();
    for (let n = 0; n < 10; n++) expect(await refusal.waitMs("agent-3", limits, nowMs)).toBeGreaterThan(0);
    expect(await refusal.waitMs("agent-3", limits, nowMs + 180_000)).toBeNull();
    expect(await refusal.waitMs("agent-3", limits, nowMs + 360_000)).toBeGreaterThan(3_000_000);
  });

  // @requirement EXE-04
  it("knows a nonce that it was told of, and no other", async () => {
    await using refusal = await open();
    expect(await refusal.seen("token-1")).toBe(false);
    await refusal.remember("token-1", 60_000);
    expect(await refusal.seen("token-1")).toBe(true);
    expect(await refusal.seen("token-2")).toBe(false);
  });
});

it("forgets a nonce in memory when its token could not live any more", async () => {
  let nowMs = 1000;
  const refusal = createMemoryRefusal({ nowMs: () => nowMs });
  await refusal.remember("token-1", 500);
  nowMs = 1499;
  expect(await refusal.seen("token-1")).toBe(true);
  nowMs = 1500;
  expect(await refusal.seen("token-1")).toBe(false);
});

it("has no opinion while Redis is away", async () => {
  await using refusal = await openRedisRefusal("redis://127.0.0.1:1", prefix);
  expect(refusal.isThere()).toBe(false);
  expect(await refusal.waitMs("agent-1", [{ window_ms: 60_000, limit: 0 }], 1000)).toBeNull();
  await refusal.remember("token-1", 60_000);
  expect(await refusal.seen("token-1")).toBe(false);
});

afterAll(async () => {
  if (!redisThere) return;
  const client = createClient({ url: redisUrl });
  await client.connect();
  for await (const keys of client.scanIterator({ MATCH: `${prefix}*` })) if (keys.length > 0) await client.del(keys);
  client.destroy();
});
