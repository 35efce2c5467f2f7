import { describe, expect, it } from "vitest";
import { refused } from "./refusal.js";
import { nowMs, nowS } from "./testdata/token-world.js";
import { verifyTimes } from "./token-times.js";

describe("a token's times", () => {
  const times = { iat_s: nowS, nbf_s: nowS, exp_s: nowS + 60 };
  const end = nowMs + 60_000;
  const expired = refused("expired", "the token has expired");
  const early = refused("not_yet_valid", "the token does not begin yet");

  const good = { ok: true, value: undefined };

  // @requirement EXE-02
  it.each([
    ["at its first millisecond", times, nowMs, good],
    ["at its last millisecond", times, end - 1, good],
    ["at its expiry", times, end, expired],
    ["after its expiry", times, end + 1, expired],
    ["before it was issued", times, nowMs - 1, early],
    ["before it begins", { ...times, nbf_s: nowS + 10 }, nowMs + 9999, early],
    ["when it begins", { ...times, nbf_s: nowS + 10 }, nowMs + 10_000, good],
    ["without a begin, before it was issued", { ...times, nbf_s: null }, nowMs - 1, early],
    ["without a begin, when it was issued", { ...times, nbf_s: null }, nowMs, good],
    ["begun long ago, before it was issued", { ...times, nbf_s: 0 }, nowMs - 1, early],
    ["issued in the future, whatever its begin", { ...times, iat_s: nowS + 10, nbf_s: 0 }, nowMs, early],
  ])("%s", (_, given, at, verdict) => {
    expect(verifyTimes(given, at)).toEqual(verdict);
  });
});
