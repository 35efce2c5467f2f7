import { ok, type Problem, type Result } from "../model/index.js";
import { refused } from "./refusal.js";

/** When a token was issued, and when it begins and ends: seconds since the epoch. */
export type TokenTimes = { readonly iat_s: number; readonly nbf_s: number | null; readonly exp_s: number };

/**
 * Judges a token's times to the millisecond, as RFC 7519 has them: it is not accepted at its expiry or after it, nor before
 * it begins, nor before it was issued. Of capabilities the rules judge the same in `policies/token/times.rego`.
 *
 * @returns on failure `token/expired` or `token/not_yet_valid`
 * @requirement EXE-02
 */
export function verifyTimes({ iat_s, nbf_s, exp_s }: TokenTimes, nowMs: number): Result<void, Problem> {
  if (nowMs >= exp_s * 1000) return refused("expired", "the token has expired");
  const beginsS = Math.max(iat_s, nbf_s ?? iat_s);
  return nowMs < beginsS * 1000 ? refused("not_yet_valid", "the token does not begin yet") : ok(undefined);
}
