import { describe, expect, it } from "vitest";
import { verifyBearer } from "./bearer-token.js";
import { createToken, createTokenIssuer, type TokenRequest } from "./create-token.js";
import { newKey } from "./new-key.js";
import { type Algorithm, algorithms } from "./signing-key.js";
import { clockAt, nowMs, nowS, partOf, randomOf } from "./testdata/token-world.js";

const clock = clockAt();
const request: TokenRequest = { pilotId: "ann", role: "ADMIN", expiresMinutes: 60 };

function parts(alg: Algorithm = "HS256") {
  const keySet = { keys: [newKey(alg, "bearer", nowMs, randomOf(alg))] };
  return { keySet: () => keySet, clock, random: randomOf("a") };
}

describe("createToken", () => {
  // @requirement WFL-07
  it.each(algorithms)(
    "with a key for %s makes a token that says who and which role, for as long as was asked",
    async (alg) => {
      const from = parts(alg);
      const made = await createToken(request, from);
      const token = made.ok ? made.value : "";
      const [key] = from.keySet().keys;
      expect(partOf(token, 0)).toEqual({ alg, kid: key?.kid, typ: "lockkeeper-access+jwt" });
      expect(verifyBearer(from.keySet(), token, clock)).toEqual({
        ok: true,
        value: {
          subject: { id: "ann", roles: ["ADMIN"] },
          jti: expect.stringMatching(/^[A-Za-z0-9_-]{22}$/),
          iat_s: nowS,
          exp_s: nowS + 3600,
        },
      });
    },
  );

  // @requirement WFL-07
  it.each<readonly [Partial<TokenRequest>, string]>([
    [{ expiresMinutes: 0 }, "expiresMinutes is not a whole number from 1 to 10080"],
    [{ expiresMinutes: 10_081 }, "expiresMinutes is not a whole number from 1 to 10080"],
    [{ expiresMinutes: 1.5 }, "expiresMinutes is not a whole number from 1 to 10080"],
    [{ expiresMinutes: Number.NaN }, "expiresMinutes is not a whole number from 1 to 10080"],
    [{ role: "ROOT" }, "role is none of ADMIN, OPERATOR, VIEWER, requester, auditor, metrics, decider"],
    [{ role: "admin" }, "role is none of ADMIN, OPERATOR, VIEWER, requester, auditor, metrics, decider"],
    ...["", " ", " ann", "ann ", "a\nb", "a\u200bb", "\u202eann", "ann\u0000"].map(
      (pilotId) => [{ pilotId }, "pilotId is empty, or holds what cannot be seen"] as const,
    ),
  ])("refuses %j", async (change, message) => {
    expect(await createToken({ ...request, ...change }, parts())).toEqual({
      ok: false,
      error: { code: "schema/invalid", message },
    });
  });

  // @requirement WFL-07
  it.each([
    { expiresMinutes: 1 },
    { expiresMinutes: 10_080 },
    { role: "requester" },
    { pilotId: "Ann B. O’Neil" },
    { pilotId: "a" },
  ])("takes %j", async (change) => {
    expect(await createToken({ ...request, ...change }, parts())).toMatchObject({ ok: true });
  });

  // @requirement WFL-07
  it("gives the roles that its issuer knows, and needs a key of its own", async () => {
    const issue = createTokenIssuer({ ...parts(), roles: ["pilot"] });
    expect(await issue({ ...request, role: "pilot" })).toMatchObject({ ok: true });
    expect(await issue(request)).toMatchObject({ error: { message: "role is none of pilot" } });
    expect(await issue({ ...request, role: "pilot", pilotId: "a".repeat(257) })).toMatchObject({
      error: { code: "schema/invalid", message: "the claim sub must NOT have more than 256 characters" },
    });
    const keys = [newKey("HS256", "capability", nowMs, randomOf("a"))];
    const without = await createToken(request, { ...parts(), keySet: () => ({ keys }) });
    expect(without).toMatchObject({ error: { code: "key/missing" } });
  });
});
