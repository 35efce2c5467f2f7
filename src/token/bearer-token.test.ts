import { describe, expect, it } from "vitest";
import {
  algorithms,
  createToken,
  maxBearerLifeS,
  newKey,
  refused,
  type TokenRequest,
  verifyBearer,
  verifyCapability,
} from "./index.js";
import { clockAt, forge, nowMs, nowS, partOf, randomOf, tokenWorld } from "./testdata/token-world.js";

const clock = clockAt();
const request: TokenRequest = { pilotId: "ann", role: "ADMIN", expiresMinutes: 60 };

function parts(alg: (typeof algorithms)[number] = "HS256") {
  const keySet = { keys: [newKey(alg, "bearer", nowMs, randomOf(alg))] };
  return { keySet: () => keySet, clock, random: randomOf("a") };
}

async function bearer(alg: (typeof algorithms)[number] = "HS256") {
  const from = parts(alg);
  const made = await createToken(request, from);
  const token = made.ok ? made.value : "";
  const [key] = from.keySet().keys;
  if (key === undefined) throw new Error("no key");
  return { keySet: from.keySet(), key, token, header: partOf(token, 0), claims: partOf(token, 1) };
}

describe("a bearer token", () => {
  // @requirement WFL-01
  it.each(algorithms)("by %s is good from its issue to the last millisecond before its expiry", async (alg) => {
    const { keySet, token, claims } = await bearer(alg);
    const at = (ms: number) => verifyBearer(keySet, token, clockAt(ms));
    const value = { subject: { id: "ann", roles: ["ADMIN"] }, jti: claims.jti, iat_s: nowS, exp_s: nowS + 3600 };
    expect([at(nowMs), at(nowMs + 3_599_999)]).toEqual([
      { ok: true, value },
      { ok: true, value },
    ]);
    expect(at(nowMs + 3_600_000)).toEqual(refused("expired", "the token has expired"));
    expect(at(nowMs - 1)).toEqual(refused("not_yet_valid", "the token does not begin yet"));
  });

  // @requirement WFL-01
  it.each([
    ["of another issuer", { iss: "Lockkeeper" }, "wrong_binding", "the token is of another issuer"],
    ["for another audience", { aud: "lockkeeper-gateway-2" }, "wrong_binding", "the token is for another audience"],
    ["for a prefix of the audience", { aud: "lockkeeper" }, "wrong_binding", "the token is for another audience"],
    ["that lives for ever", { exp: 253_402_300_799 }, "malformed", "the token lives longer than any that is made"],
    [
      "a second too long",
      { exp: nowS + maxBearerLifeS + 1 },
      "malformed",
      "the token lives longer than any that is made",
    ],
    ...(
      [
        { aud: ["lockkeeper-gateway"] },
        { exp: undefined },
        { exp: "2030" },
        { exp: -1 },
        { iat: undefined },
        { jti: undefined },
        { sub: "" },
        { roles: "ADMIN" },
        { roles: ["A B"] },
        { roles: undefined },
        { admin: true },
      ] as const
    ).map(
      (change) =>
        [`with ${JSON.stringify(change)}`, change, "malformed", "the claims are not those of a bearer token"] as const,
    ),
  ] as const)("%s is refused, though it is well signed", async (_, change, reason, message) => {
    const { keySet, header, claims, key, token } = await bearer();
    if (key.privateKey === null) throw new Error("no key");
    const forged = forge(header, { ...claims, ...change }, { ...key, privateKey: key.privateKey });
    expect(verifyBearer(keySet, forged, clock)).toEqual(refused(reason, message));
    expect(verifyBearer(keySet, token, clock).ok).toBe(true);
  });

  // @requirement WFL-01
  it("may live as long as any that is made", async () => {
    const { keySet, header, claims, key } = await bearer();
    if (key.privateKey === null) throw new Error("no key");
    const token = forge(header, { ...claims, exp: nowS + maxBearerLifeS }, { ...key, privateKey: key.privateKey });
    expect(verifyBearer(keySet, token, clock)).toMatchObject({ ok: true, value: { exp_s: nowS + maxBearerLifeS } });
  });

  // @requirement WFL-01
  it("by another key, cut off or absent is refused", async () => {
    const { keySet, token, header, claims } = await bearer("EdDSA");
    const another = forge(header, claims, newKey("EdDSA", "bearer", nowMs, randomOf("another")));
    expect(verifyBearer(keySet, another, clock)).toEqual(refused("forged", "the signature is not by the key it names"));
    expect(verifyBearer(keySet, token.slice(0, -10), clock)).toMatchObject({ ok: false });
    expect(verifyBearer(keySet, undefined, clock)).toEqual(refused("missing", "there is no token"));
  });

  // @requirement EXE-03
  it("is no capability, and a capability is no bearer token", async () => {
    const { keySet, token, header, claims, key } = await tokenWorld("EdDSA");
    expect(verifyBearer(keySet, token, clock)).toEqual(
      refused("forged", "the token's type is not lockkeeper-access+jwt"),
    );
    const made = await createToken(request, { ...parts(), keySet: () => keySet });
    const message = "the token's type is not lockkeeper-capability+jwt";
    expect(verifyCapability(keySet, made.ok ? made.value : "", clock)).toEqual(refused("forged", message));
    const relabelled = forge({ ...header, typ: "lockkeeper-access+jwt" }, claims, key);
    expect(verifyBearer(keySet, relabelled, clock)).toEqual(refused("forged", "the header names no key of ours"));
  });
});
