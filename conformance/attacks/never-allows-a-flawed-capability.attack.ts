/**
 * Claim: a request is allowed only if its capability and approval are right in every part.
 *
 * Why: a single check that is skipped when another one fails first, or that reads a missing field as undefined,
 * lets a forged or stale capability through.
 * How: a request that is allowed as it stands gets any subset of known flaws; with none it must be allowed, with some
 * it must be refused and every flaw must be named.
 */
import fc from "fast-check";
import type { RequestInput } from "../../src/index.js";
import { type Attack, claim, rulesOf } from "./attack.js";
import { commandAction, gatewayRequest, nowMs } from "./base-request.js";

type Flaw = { readonly rule: string; apply(request: RequestInput, n: number): RequestInput };

const nowS = nowMs / 1000;
const other = (n: number) => n.toString(16).padStart(64, "0");

const onToken =
  (change: (n: number) => Partial<NonNullable<RequestInput["token"]>>) => (request: RequestInput, n: number) =>
    request.token === null ? request : { ...request, token: { ...request.token, ...change(n) } };
const onApproval =
  (change: (n: number) => Partial<NonNullable<RequestInput["approval"]>>) => (request: RequestInput, n: number) =>
    request.approval === null ? request : { ...request, approval: { ...request.approval, ...change(n) } };

/** Each flaw touches fields no other flaw touches, so that any subset shows all its rules. */
export const flaws: readonly Flaw[] = [
  { rule: "token/wrong_type", apply: onToken((n) => ({ typ: n % 2 === 0 ? "JWT" : "" })) },
  { rule: "token/wrong_issuer", apply: onToken((n) => ({ iss: `lockkeeper${n}` })) },
  {
    rule: "token/wrong_audience",
    apply: onToken((n) => ({ aud: ["lockkeeper", "", "lockkeeper-gateway "][n % 3] ?? "" })),
  },
  { rule: "token/replayed", apply: onToken(() => ({ replayed: true })) },
  { rule: "token/issued_before_store", apply: onToken((n) => ({ store_since_s: nowS - 4 + (n % 1000) })) },
  { rule: "token/not_yet_valid", apply: onToken((n) => ({ nbf_s: nowS + 1 + n })) },
  { rule: "token/bundle_mismatch", apply: onToken((n) => ({ bundle_sha256: other(n) })) },
  { rule: "token/command_mismatch", apply: onToken((n) => ({ cmd_hash: other(n) })) },
  { rule: "token/approval_mismatch", apply: onToken((n) => ({ approval_id: `approval-${n + 2}` })) },
  {
    rule: "token/wrong_subject",
    apply: onToken((n) => ({ sub: ["agent-8", "Agent-7", "agent-7 ", ""][n % 4] || `x${n}` })),
  },
  { rule: "approval/wrong_id", apply: onApproval((n) => ({ id: `approval-${n + 2}` })) },
  { rule: "approval/command_mismatch", apply: onApproval((n) => ({ cmd_hash: other(n) })) },
  { rule: "approval/expired", apply: onApproval((n) => ({ expires_ms: Math.max(0, nowMs - n) })) },
  {
    rule: "approval/own_request",
    apply: onApproval((n) => ({ approvers: n % 2 === 0 ? ["agent-7"] : ["alice", "agent-7"] })),
  },
  { rule: "main/kill_switch", apply: (request) => ({ ...request, kill_switch: { engaged: true } }) },
];

const expiredToken: Flaw = { rule: "token/expired", apply: onToken((n) => ({ exp_s: nowS - (n % 5) })) };
const states: readonly Flaw[] = [
  { rule: "approval/not_approved", apply: onApproval((n) => ({ state: n % 2 === 0 ? "pending" : "rejected" })) },
  { rule: "approval/revoked", apply: onApproval(() => ({ state: "revoked" })) },
  { rule: "approval/used", apply: onApproval(() => ({ state: "used" })) },
];

export const neverAllowsAFlawedCapability: Attack = {
  id: "never-allows-a-flawed-capability",
  claim: "a request is allowed only if its capability and its approval are right in every part",
  requirements: ["MEX-01", "EXE-02", "EXE-04", "EXE-05", "EXE-06", "EXE-07", "EXE-08"],
  weight: 3,
  property: ({ decide, data }) => {
    const base = gatewayRequest(commandAction(["cat", "a.txt"]), Object.keys(data.quota.limits));
    const chosen = fc.oneof(
      { weight: 1, arbitrary: fc.constant([]) },
      { weight: 6, arbitrary: fc.subarray([...flaws, expiredToken]) },
      {
        weight: 2,
        arbitrary: fc
          .tuple(fc.subarray(flaws.filter(({ rule }) => rule !== "approval/own_request")), fc.constantFrom(...states))
          .map(([a, b]) => [...a, b]),
      },
    );
    return fc.property(chosen, fc.nat(1_000_000), (subset, n) => {
      const decision = decide(
        "request",
        subset.reduce((request, flaw) => flaw.apply(request, n), base),
      );
      const rules = rulesOf(decision);
      claim(decision.allow === (subset.length === 0), () => `allow=${decision.allow} with flaws ${names(subset)}`);
      for (const flaw of subset)
        claim(rules.includes(flaw.rule), () => `${flaw.rule} is not named in ${rules.join(" ")}`);
    });
  },
};

const names = (subset: readonly Flaw[]) => subset.map((flaw) => flaw.rule).join(" ") || "(none)";
