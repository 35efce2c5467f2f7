import { generateKeyPairSync, hash } from "node:crypto";
import { calculateJwkThumbprint } from "jose/jwk/thumbprint";
import { describe, expect, it } from "vitest";
import {
  createProofMemory,
  type DpopRequest,
  mintCapability,
  newKey,
  type PrivateSigningKey,
  type RefusalReason,
  refused,
  thumbprintOf,
  verifyCapability,
  verifyDpop,
} from "./index.js";
import { clockAt, cmdHash, encoded, forge, nowMs, nowS, randomOf } from "./testdata/token-world.js";

const url = "https://gate.example/gateway/execute";
const token = "header.claims.signature";
const sender = newKey("EdDSA", "bearer", nowMs, randomOf("sender"));
const other = newKey("EdDSA", "bearer", nowMs, randomOf("other"));

function publicOf({ verifyKey }: Pick<PrivateSigningKey, "verifyKey">) {
  const { kty = "", crv = "", x = "", y } = verifyKey.export({ format: "jwk" });
  return y === undefined ? { kty, crv, x } : { kty, crv, x, y };
}

const header = { typ: "dpop+jwt", alg: "EdDSA", jwk: publicOf(sender) };
const claims = { jti: "proof-1", htm: "POST", htu: url, iat: nowS, ath: hash("sha256", token, "base64url") };
const request = (change: Partial<DpopRequest> = {}): DpopRequest => ({
  ...{ method: "POST", url, token, jkt: thumbprintOf(publicOf(sender)), nowMs, seen: createProofMemory() },
  ...change,
});
const proof = (changedHeader: object = {}, changedClaims: object = {}, key = sender) =>
  forge({ ...header, ...changedHeader }, { ...claims, ...changedClaims }, key);

describe("a proof that the sender has the key", () => {
  it.each(["EdDSA", "ES256"] as const)("by %s is good, once", (alg) => {
    const key = newKey(alg, "bearer", nowMs, randomOf("sender"));
    const asked = request({ jkt: thumbprintOf(publicOf(key)) });
    const made = proof({ alg, jwk: publicOf(key) }, {}, key);
    expect(verifyDpop(made, asked)).toEqual({ ok: true, value: undefined });
    expect(verifyDpop(made, asked)).toEqual(refused("replay", "the proof was used before"));
    expect(verifyDpop(proof({ alg, jwk: publicOf(key) }, { jti: "proof-2" }, key), asked).ok).toBe(true);
  });

  it("opens a capability that is bound to the key, and no other", async () => {
    const keySet = { keys: [newKey("HS256", "capability", nowMs, randomOf("a"))] };
    const grant = { sub: "ann", approval_id: "a", cmd_hash: cmdHash, jkt: thumbprintOf(publicOf(sender)) };
    const minted = await mintCapability(keySet, grant, clockAt(), randomOf("b"));
    const bound = minted.ok ? minted.value.token : "";
    const ath = hash("sha256", bound, "base64url");
    const prove = (made: string) => (jkt: string) => verifyDpop(made, request({ token: bound, jkt }));
    expect(verifyCapability(keySet, bound, clockAt(), prove(proof({}, { ath }))).ok).toBe(true);
    const stolen = verifyCapability(keySet, bound, clockAt(), prove(proof({ jwk: publicOf(other) }, { ath }, other)));
    expect(stolen).toEqual(refused("wrong_binding", "the proof is by another key than the token is bound to"));
  });

  const noKey = "the proof holds no public key of Ed25519 or P-256 alone";
  const noAlgorithm = "the proof's algorithm is not the one of its key";
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({ format: "jwk" });
  it.each<readonly [string, () => unknown, RefusalReason, string]>([
    ["absent", () => undefined, "missing", "there is no token"],
    ["no JWS", () => "proof", "malformed", "the token is not three parts of base64url"],
    ["of another type", () => proof({ typ: "JWT" }), "forged", "the proof's type is not dpop+jwt"],
    ["without a type", () => proof({ typ: undefined }), "forged", "the proof's type is not dpop+jwt"],
    [
      "with more in its header",
      () => proof({ kid: "a" }),
      "forged",
      "the proof's header holds more than alg, jwk and typ",
    ],
    ["without a key", () => proof({ jwk: undefined }), "forged", noKey],
    [
      "with its private key in it",
      () => proof({ jwk: { ...sender.privateKey.export({ format: "jwk" }) } }),
      "forged",
      noKey,
    ],
    ["with a secret for a key", () => proof({ jwk: { kty: "oct", k: "AAAA" }, alg: "HS256" }), "forged", noKey],
    ["with a key of RSA", () => proof({ jwk: { ...rsa }, alg: "RS256" }), "forged", noKey],
    [
      "with an address in its key",
      () => proof({ jwk: { ...publicOf(sender), x5u: "https://evil.example" } }),
      "forged",
      noKey,
    ],
    ["without an algorithm", () => proof({ alg: "none" }), "forged", noAlgorithm],
    ["by HMAC with the public key", () => proof({ alg: "HS256" }), "forged", noAlgorithm],
    ["with another algorithm", () => proof({ alg: "ES256" }), "forged", noAlgorithm],
    [
      "with a point off its curve",
      () => proof({ alg: "ES256", jwk: { kty: "EC", crv: "P-256", x: "A".repeat(43), y: `${"A".repeat(42)}E` } }),
      "forged",
      "the proof's key is none of its curve",
    ],
    ["signed by another key", () => proof({}, {}, other), "forged", "the proof's signature is not by its key"],
    [
      "stripped of its signature",
      () => `${encoded(header)}.${encoded(claims)}.`,
      "forged",
      "the proof's signature is not by its key",
    ],
    [
      "by another key than the token's",
      () => proof({ jwk: publicOf(other) }, {}, other),
      "wrong_binding",
      "the proof is by another key than the token is bound to",
    ],
    ["for another method", () => proof({}, { htm: "GET" }), "wrong_binding", "the proof is for another method"],
    [
      "for the method in small letters",
      () => proof({}, { htm: "post" }),
      "wrong_binding",
      "the proof is for another method",
    ],
    ["for another path", () => proof({}, { htu: `${url}/x` }), "wrong_binding", "the proof is for another address"],
    [
      "for another host",
      () => proof({}, { htu: "https://evil.example/gateway/execute" }),
      "wrong_binding",
      "the proof is for another address",
    ],
    [
      "for another scheme",
      () => proof({}, { htu: url.replace("https", "http") }),
      "wrong_binding",
      "the proof is for another address",
    ],
    [
      "for no address",
      () => proof({}, { htu: "/gateway/execute" }),
      "wrong_binding",
      "the proof is for another address",
    ],
    [
      "for another token",
      () => proof({}, { ath: hash("sha256", "other", "base64url") }),
      "wrong_binding",
      "the proof is for another token",
    ],
    ["for no token", () => proof({}, { ath: undefined }), "malformed", "the claims are not those of a proof"],
    ["without an id", () => proof({}, { jti: undefined }), "malformed", "the claims are not those of a proof"],
    [
      "with a claim that is not known",
      () => proof({}, { exp: nowS + 60 }),
      "malformed",
      "the claims are not those of a proof",
    ],
    ["that is no object", () => forge(header, "[]", sender), "malformed", "the claims are not those of a proof"],
    [
      "with a claim twice",
      () => forge(header, `{"htm":"GET",${JSON.stringify(claims).slice(1)}`, sender),
      "malformed",
      "the claims are not those of a proof",
    ],
    ["too old", () => proof({}, { iat: nowS - 61 }), "expired", "the proof is too old"],
    ["from the future", () => proof({}, { iat: nowS + 6 }), "not_yet_valid", "the proof is from the future"],
  ])("%s is refused", (_, make, reason, message) => {
    expect(verifyDpop(make(), request())).toEqual(refused(reason, message));
    expect(verifyDpop(proof(), request()).ok).toBe(true);
  });

  it("may be a minute old, or five seconds ahead", () => {
    for (const iat of [nowS - 60, nowS + 5]) expect(verifyDpop(proof({}, { iat }), request()).ok).toBe(true);
    expect(verifyDpop(proof(), request({ nowMs: nowMs + 60_001 }))).toMatchObject({ error: { code: "token/expired" } });
    expect(verifyDpop(proof(), request({ nowMs: nowMs - 5001 }))).toMatchObject({
      error: { code: "token/not_yet_valid" },
    });
  });

  it("is for an address as the URL standard spells it, whatever its query", () => {
    for (const htu of [`${url}?a=1`, `${url}#b`, "HTTPS://GATE.example:443/gateway/execute"]) {
      expect(verifyDpop(proof({}, { htu }), request()).ok).toBe(true);
    }
    expect(verifyDpop(proof(), request({ url: `${url}?wait=1` })).ok).toBe(true);
    expect(verifyDpop(proof(), request({ url: "nowhere" })).ok).toBe(false);
  });

  it("may answer a nonce", () => {
    expect(verifyDpop(proof({}, { nonce: "n" }), request()).ok).toBe(true);
  });

  it("names its key by the thumbprint that jose computes", async () => {
    for (const alg of ["EdDSA", "ES256"] as const) {
      const jwk = publicOf(newKey(alg, "bearer", nowMs, randomOf("a")));
      expect(thumbprintOf(jwk)).toBe(await calculateJwkThumbprint(jwk));
    }
  });
});

describe("the memory of proofs", () => {
  it("knows each for as long as it is taken, and forgets it then", () => {
    const seen = createProofMemory();
    expect(seen("a", 100, 0)).toBe(false);
    expect(seen("a", 100, 99)).toBe(true);
    expect(seen("a", 200, 100)).toBe(false);
  });

  it("takes no more when it is full of good ones, and goes on once they are past", () => {
    const seen = createProofMemory(2);
    expect([seen("a", 100, 0), seen("b", 100, 0), seen("c", 100, 0)]).toEqual([false, false, true]);
    expect([seen("c", 200, 100), seen("a", 200, 100), seen("b", 200, 100)]).toEqual([false, false, true]);
  });
});
