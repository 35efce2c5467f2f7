import { hash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { mintCapability, newKey, refused, thumbprintOf } from "../token/index.js";
import { clockAt, cmdHash, forge, nowMs, nowS, partOf, randomOf } from "../token/testdata/token-world.js";
import { capabilityAuthenticator } from "./identify.js";

const key = newKey("HS256", "capability", nowMs, randomOf("a"));
const sender = newKey("EdDSA", "bearer", nowMs, randomOf("b"));
const jwk = publicOf(sender);
const method = "POST";
const url = "https://gateway.example/gateway/execute";

function publicOf({ verifyKey }: Pick<typeof key, "verifyKey">) {
  const { kty = "", crv = "", x = "" } = verifyKey.export({ format: "jwk" });
  return { kty, crv, x };
}

function authenticator() {
  return capabilityAuthenticator(() => ({ keys: [key] }), clockAt());
}

/** A token of a capability, bound to the sender's key or to none. */
async function tokenOf(bound: object = {}): Promise<string> {
  const grant = { sub: "ann", approval_id: "approval-1", cmd_hash: cmdHash, ...bound };
  const minted = await mintCapability({ keys: [key] }, grant, clockAt(), randomOf("c"));
  if (!minted.ok) throw new Error(minted.error.message);
  return minted.value.token;
}

/** A proof for a token, and for what is asked here unless it is changed. */
function proofFor(token: string, change: object = {}): string {
  const claims = {
    jti: "proof-1",
    htm: method,
    htu: url,
    iat: nowS,
    ath: hash("sha256", token, "base64url"),
    ...change,
  };
  return forge({ typ: "dpop+jwt", alg: "EdDSA", jwk }, claims, sender);
}

const shown = (token: string | null, proof: string | null = null) =>
  ({ kind: "capability", token, proof, method, url }) as const;

describe("a capability that is shown to the gateway", () => {
  // @requirement EXE-03
  it("tells who sends it and what its signature vouches for, and no role", async () => {
    const token = await tokenOf();
    expect(await authenticator().authenticate(shown(token), "gateway")).toEqual({
      ok: true,
      value: {
        subject: { id: "ann", roles: [] },
        token: {
          typ: "lockkeeper-capability+jwt",
          iss: "lockkeeper",
          aud: "lockkeeper-gateway",
          sub: "ann",
          jti: partOf(token, 1).jti,
          approval_id: "approval-1",
          cmd_hash: cmdHash,
          binary_sha256: null,
          bundle_sha256: null,
          iat_s: nowS,
          nbf_s: nowS,
          exp_s: nowS + 60,
          replayed: false,
          store_since_s: 0,
        },
      },
    });
  });

  // @requirement EXE-03
  it("is refused where it is missing, or by a key of somebody else's", async () => {
    const { authenticate } = authenticator();
    expect(await authenticate(shown(null), "gateway")).toEqual(refused("missing", "there is no token"));
    expect(await authenticate(shown(""), "gateway")).toEqual(refused("missing", "there is no token"));
    const token = await tokenOf();
    const forged = forge(partOf(token, 0), partOf(token, 1), sender);
    expect(await authenticate(shown(forged), "gateway")).toMatchObject({ ok: false, error: { code: "token/forged" } });
  });

  // @requirement EXE-03
  it("counts on no other channel, and nothing else counts on this one", async () => {
    const { authenticate } = authenticator();
    const neither = { ok: false, error: { code: "gate/identity", message: "no such channel or credential here" } };
    expect(await authenticate(shown(await tokenOf()), "mcp")).toEqual(neither);
    for (const credential of [null, undefined, "token", { ...shown(await tokenOf()), kind: "bearer" }]) {
      expect(await authenticate(credential, "gateway")).toEqual(neither);
    }
  });
});

describe("a capability that is bound to its sender's key", () => {
  // @requirement EXE-03
  it("counts with a proof of having that key, and with each proof once", async () => {
    const token = await tokenOf({ jkt: thumbprintOf(jwk) });
    const { authenticate } = authenticator();
    const first = await authenticate(shown(token, proofFor(token)), "gateway");
    expect(first).toMatchObject({ ok: true, value: { subject: { id: "ann", roles: [] } } });
    const again = await authenticate(shown(token, proofFor(token)), "gateway");
    expect(again).toEqual(refused("replay", "the proof was used before"));
    const other = await authenticate(shown(token, proofFor(token, { jti: "proof-2" })), "gateway");
    expect(other).toMatchObject({ ok: true });
  });

  // @requirement EXE-03
  it.each([
    ["another token", { ath: hash("sha256", "", "base64url") }, "wrong_binding", "the proof is for another token"],
    ["another method", { htm: "GET" }, "wrong_binding", "the proof is for another method"],
    ["another address", { htu: "https://evil.example/" }, "wrong_binding", "the proof is for another address"],
    ["another time", { iat: nowS - 61 }, "expired", "the proof is too old"],
    ["a time to come", { iat: nowS + 6 }, "not_yet_valid", "the proof is from the future"],
  ] as const)("is refused with a proof for %s", async (_, change, reason, message) => {
    const token = await tokenOf({ jkt: thumbprintOf(jwk) });
    const answered = await authenticator().authenticate(shown(token, proofFor(token, change)), "gateway");
    expect(answered).toEqual(refused(reason, message));
  });

  // @requirement EXE-03
  it("is refused without a proof, and with a proof by another key", async () => {
    const { authenticate } = authenticator();
    const token = await tokenOf({ jkt: thumbprintOf(jwk) });
    expect(await authenticate(shown(token), "gateway")).toEqual(refused("missing", "there is no token"));
    const stolen = await tokenOf({ jkt: "A".repeat(43) });
    expect(await authenticate(shown(stolen, proofFor(stolen)), "gateway")).toEqual(
      refused("wrong_binding", "the proof is by another key than the token is bound to"),
    );
  });
});
