import { compactVerify } from "jose/jws/compact/verify";
import { beforeAll, describe, expect, it } from "vitest";
import { algorithms, maxTokenBytes, verifyCapability } from "./index.js";
import { forgeries, signatureOf, tokenOfLength, withSignature } from "./testdata/forgeries.js";
import { clockAt, forge, type TokenWorld, tokenWorld } from "./testdata/token-world.js";

const clock = clockAt();

describe.each(algorithms)("with a key for %s", (alg) => {
  let world: TokenWorld;
  beforeAll(async () => {
    world = await tokenWorld(alg);
  });

  // @requirement EXE-03
  it.each(forgeries)("a forged token is refused: $name", async ({ forge: make, reason, message }) => {
    expect(verifyCapability(world.keySet, world.token, clock)).toMatchObject({ ok: true, value: { sub: "ann" } });
    const forged = await make(world);
    expect(forged).not.toBe(world.token);
    expect(verifyCapability(world.keySet, forged, clock)).toEqual({
      ok: false,
      error: { code: `token/${reason}`, message },
    });
  });

  // @requirement EXE-03
  it("a token is refused with any one byte of it changed, whatever it is changed into", () => {
    const bytes = "AQgw_-.=+/ \n{é0";
    for (let at = 0; at < world.token.length; at += 1) {
      const byte = bytes[at % bytes.length] ?? "A";
      const changed = `${world.token.slice(0, at)}${byte === world.token[at] ? "B" : byte}${world.token.slice(at + 1)}`;
      expect([at, verifyCapability(world.keySet, changed, clock).ok]).toEqual([at, false]);
    }
    expect(verifyCapability(world.keySet, world.token, clock).ok).toBe(true);
  });

  // @requirement EXE-03
  it("a token is refused with any of its bytes taken away or doubled", () => {
    const { token } = world;
    for (let at = 0; at < token.length; at += 1) {
      const without = token.slice(0, at) + token.slice(at + 1);
      const doubled = token.slice(0, at) + token.slice(at, at + 1) + token.slice(at);
      for (const changed of [without, doubled]) {
        expect([at, verifyCapability(world.keySet, changed, clock).ok]).toEqual([at, false]);
      }
    }
  });

  // @requirement EXE-03
  it("a token as long as may be is taken, and what JSON allows besides", () => {
    const { header: head, claims, key, keySet } = world;
    expect(verifyCapability(keySet, tokenOfLength(maxTokenBytes, world), clock).ok).toBe(true);
    const { alg: name, kid, typ } = head;
    expect(verifyCapability(keySet, forge({ typ, kid, alg: name }, claims, key), clock).ok).toBe(true);
  });

  it("what is minted is what jose verifies", async () => {
    const { payload: bytes, protectedHeader } = await compactVerify(world.token, world.key.verifyKey, {
      algorithms: [alg],
    });
    expect([JSON.parse(Buffer.from(bytes).toString()), protectedHeader]).toEqual([world.claims, world.header]);
  });
});

// @requirement EXE-03
it.each([undefined, null, ""])("%j is a token that is missing", async (text) => {
  const { keySet } = await tokenWorld("HS256");
  const error = { code: "token/missing", message: "there is no token" };
  expect(verifyCapability(keySet, text, clock)).toEqual({ ok: false, error });
});

it("ECDSA's other signature of the same token is the same token: its id is what is used once", async () => {
  const { keySet, token, claims } = await tokenWorld("ES256");
  const bytes = signatureOf(token);
  const order = BigInt("0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
  const mirrored = (order - BigInt(`0x${bytes.toString("hex", 32)}`)).toString(16).padStart(64, "0");
  const other = withSignature(token, Buffer.concat([bytes.subarray(0, 32), Buffer.from(mirrored, "hex")]));
  expect(verifyCapability(keySet, other, clock)).toMatchObject({ ok: true, value: { jti: claims.jti } });
});
