import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { algorithms, mintCapability, newKey, refused, rotateKey, verifyCapability } from "./index.js";
import { clockAt, cmdHash, forge, nowMs, nowS, partOf, randomOf, tokenWorld } from "./testdata/token-world.js";

const clock = clockAt();
const grant = { sub: "ann", approval_id: "approval-1", cmd_hash: cmdHash };
const sha = "ab".repeat(32);

function keySetOf(alg: (typeof algorithms)[number]) {
  return { keys: [newKey(alg, "capability", nowMs, randomOf(alg))] };
}

describe("a capability token", () => {
  // @requirement EXE-07
  it.each(algorithms)(
    "minted with %s tells the rules the command it is bound to, the approval and the subject",
    async (alg) => {
      const keySet = keySetOf(alg);
      const minted = await mintCapability(keySet, grant, clock, randomOf("a"));
      if (!minted.ok) throw new Error(minted.error.message);
      const { token, ...times } = minted.value;
      expect(times).toEqual({ jti: expect.stringMatching(/^[A-Za-z0-9_-]{22}$/), iat_s: nowS, exp_s: nowS + 60 });
      expect(partOf(token, 0)).toEqual({ alg, kid: keySet.keys[0]?.kid, typ: "lockkeeper-capability+jwt" });
      expect(verifyCapability(keySet, token, clock)).toEqual({
        ok: true,
        value: {
          typ: "lockkeeper-capability+jwt",
          iss: "lockkeeper",
          aud: "lockkeeper-gateway",
          sub: "ann",
          jti: times.jti,
          approval_id: "approval-1",
          cmd_hash: cmdHash,
          binary_sha256: null,
          bundle_sha256: null,
          iat_s: nowS,
          nbf_s: nowS,
          exp_s: nowS + 60,
        },
      });
    },
  );

  // @requirement EXE-07
  it("tells the executable and the bundle that it is bound to, and who issued it for whom", async () => {
    const keySet = keySetOf("HS256");
    const more = { binary_sha256: sha, bundle_sha256: cmdHash, iss: "other", aud: "elsewhere", life_s: 300 };
    const minted = await mintCapability(keySet, { ...grant, ...more }, clock, randomOf("a"));
    expect(minted.ok && verifyCapability(keySet, minted.value.token, clock)).toMatchObject({
      ok: true,
      value: { binary_sha256: sha, bundle_sha256: cmdHash, iss: "other", aud: "elsewhere", exp_s: nowS + 300 },
    });
  });

  it("may do without a begin, which is then not known", async () => {
    const { keySet, header, claims, key } = await tokenWorld("HS256");
    const verified = verifyCapability(keySet, forge(header, { ...claims, nbf: undefined }, key), clock);
    expect(verified).toMatchObject({ ok: true, value: { nbf_s: null } });
  });

  it("has an id of its own each time", async () => {
    const keySet = keySetOf("EdDSA");
    const random = randomOf("a");
    const minted = await Promise.all([1, 2, 3].map(() => mintCapability(keySet, grant, clock, random)));
    expect(new Set(minted.map((one) => one.ok && one.value.jti)).size).toBe(3);
  });

  it.each([
    ["a life of no time", { life_s: 0 }, "a capability lives 1 to 300 whole seconds"],
    ["a life that is too long", { life_s: 301 }, "a capability lives 1 to 300 whole seconds"],
    ["a life of half a second", { life_s: 0.5 }, "a capability lives 1 to 300 whole seconds"],
    ["no subject", { sub: "" }, "the claim sub must NOT have fewer than 1 characters"],
    ["no approval", { approval_id: "" }, "the claim approval_id must NOT have fewer than 1 characters"],
    ["no hash of a command", { cmd_hash: "x" }, 'the claim cmd_hash must match pattern "^[0-9a-f]{64}$"'],
    [
      "a subject of many bytes",
      { sub: "€".repeat(256), approval_id: "€".repeat(256), iss: "€".repeat(256), aud: "€".repeat(256) },
      "the token would be longer than 4096 bytes",
    ],
  ])("is not minted with %s", async (_, change, message) => {
    const keySet = keySetOf("HS256");
    expect((await mintCapability(keySet, grant, clock, randomOf("a"))).ok).toBe(true);
    const minted = await mintCapability(keySet, { ...grant, ...change }, clock, randomOf("a"));
    expect(minted).toEqual({ ok: false, error: { code: "schema/invalid", message } });
  });

  it("is not minted without a key for capabilities", async () => {
    const keys = [newKey("HS256", "bearer", nowMs, randomOf("a"))];
    expect(await mintCapability({ keys }, grant, clock, randomOf("a"))).toMatchObject({
      error: { code: "key/missing" },
    });
  });

  // @requirement EXE-03
  it("that is bound to a sender's key is good only when somebody has found that key shown", async () => {
    const keySet = keySetOf("EdDSA");
    const jkt = "A".repeat(43);
    const minted = await mintCapability(keySet, { ...grant, jkt }, clock, randomOf("a"));
    if (!minted.ok) throw new Error(minted.error.message);
    const { token } = minted.value;
    const message = "the token is bound to a key, and nothing shows that the sender has it";
    expect(verifyCapability(keySet, token, clock)).toEqual(refused("wrong_binding", message));
    const asked: string[] = [];
    const good = verifyCapability(keySet, token, clock, (thumbprint) => {
      asked.push(thumbprint);
      return { ok: true, value: undefined };
    });
    expect([asked, good]).toMatchObject([[jkt], { ok: true, value: { sub: "ann" } }]);
    expect(verifyCapability(keySet, token, clock, () => refused("replay", "used"))).toEqual(refused("replay", "used"));
    const unbound = await mintCapability(keySet, grant, clock, randomOf("a"));
    const never = () => refused("forged", "is not asked");
    expect(verifyCapability(keySet, unbound.ok ? unbound.value.token : "", clock, never).ok).toBe(true);
  });

  // @requirement EXE-03
  it("is good until its key's time is past, and no longer", async () => {
    const before = keySetOf("EdDSA");
    const minted = await mintCapability(before, grant, clock, randomOf("a"));
    const token = minted.ok ? minted.value.token : "";
    const after = rotateKey(before, { purpose: "capability" }, clock, randomOf("b"));
    if (!after.ok) throw new Error(after.error.message);
    expect(verifyCapability(after.value, token, clockAt(nowMs + 359_999)).ok).toBe(true);
    const late = verifyCapability(after.value, token, clockAt(nowMs + 360_000));
    expect(late).toEqual(refused("forged", "the header names no key of ours"));
  });

  it("says of any claims what they were", async () => {
    const keySet = keySetOf("HS256");
    const id = fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }).filter((text) => text.isWellFormed());
    const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString("hex"));
    const grants = fc.record({
      sub: id,
      approval_id: id,
      cmd_hash: hash,
      binary_sha256: fc.option(hash),
      bundle_sha256: fc.option(hash),
      life_s: fc.integer({ min: 1, max: 300 }),
    });
    await fc.assert(
      fc.asyncProperty(grants, async ({ life_s, ...facts }) => {
        const minted = await mintCapability(keySet, { ...facts, life_s }, clock, randomOf("a"));
        if (!minted.ok) throw new Error(minted.error.message);
        const verified = verifyCapability(keySet, minted.value.token, clock);
        expect(verified).toMatchObject({ ok: true, value: { ...facts, exp_s: nowS + life_s } });
      }),
      { seed: 1, numRuns: 200 },
    );
  });
});
