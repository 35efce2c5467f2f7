/**
 * Claim: a token is good from its not-before until just before its expiry, and an approval until just before its own.
 *
 * Why: off-by-one boundaries and mixed units (seconds, milliseconds) are how stale tokens live on.
 * How: times around now, to the second and to the millisecond, against a model in four comparisons.
 */
import fc from "fast-check";
import { type Attack, claim, rulesOf } from "./attack.js";
import { commandAction, gatewayRequest, nowMs } from "./base-request.js";

export const neverAllowsOutsideTheHours: Attack = {
  id: "never-allows-outside-the-hours",
  claim: "a token is good from its not-before until just before its expiry, and an approval until just before its own",
  requirements: ["EXE-02", "EXE-06", "MEX-01"],
  weight: 2,
  property: ({ decide, data }) => {
    const base = gatewayRequest(commandAction(["ls"]), Object.keys(data.quota.limits));
    const near = fc.integer({ min: -90, max: 90 });
    const times = fc.record({
      now: fc.integer({ min: 0, max: 999 }),
      iat: near,
      nbf: fc.option(near),
      exp: near,
      approval: fc.integer({ min: -1500, max: 1500 }),
    });
    const { max_lifetime_s: life, leeway_s: leeway } = data.token;
    return fc.property(times, ({ now, iat, nbf, exp, approval }) => {
      if (base.token === null || base.approval === null) return;
      const at = nowMs + now;
      const nowS = nowMs / 1000;
      const token = { ...base.token, iat_s: nowS + iat, nbf_s: nbf === null ? null : nowS + nbf, exp_s: nowS + exp };
      const expected = [
        at >= (token.exp_s + leeway) * 1000 ? ["token/expired"] : [],
        nbf !== null && at < (nowS + nbf - leeway) * 1000 ? ["token/not_yet_valid"] : [],
        at < (token.iat_s - leeway) * 1000 ? ["token/issued_in_future"] : [],
        exp - iat > life ? ["token/lifetime_too_long"] : [],
        now >= approval ? ["approval/expired"] : [],
      ].flat();
      const decision = decide("request", {
        ...base,
        now_ms: at,
        token,
        approval: { ...base.approval, expires_ms: nowMs + approval },
      });
      const rules = rulesOf(decision);
      const wanted = expected.sort();
      claim(
        rules.join() === wanted.join(),
        () => `refused by [${rules.join(" ")}], the model says [${wanted.join(" ")}]`,
      );
      claim(decision.allow === (wanted.length === 0), () => `allow=${decision.allow} with [${wanted.join(" ")}]`);
    });
  },
};
