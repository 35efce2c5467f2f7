/**
 * Claim: a command is allowed only where every kind of isolation that its risk and its channel ask for is in force.
 *
 * Why: isolation is a set; a ladder-shaped check would let a missing kind through under a stronger-looking one.
 * How: every subset of the nine kinds, each channel of the data and one it does not name, requested limits around
 * the policy's, against a model of set inclusion.
 */
import fc from "fast-check";
import { isolationKinds } from "../../src/index.js";
import { type Attack, claim, rulesOf } from "./attack.js";
import { commandAction, gatewayRequest } from "./base-request.js";

export const neverRunsInLessIsolation: Attack = {
  id: "never-runs-in-less-isolation",
  claim: "a command is allowed only where every kind of isolation its risk and channel ask for is in force",
  requirements: ["MEX-02"],
  weight: 2,
  property: ({ decide, data }) => {
    const limitIds = Object.keys(data.quota.limits);
    const probe = decide("request", gatewayRequest(commandAction(["ls"]), limitIds));
    const { requires } = probe.obligations.isolation;
    const limits = probe.obligations.limits;
    claim(probe.allow && limits !== null, () => "the fully isolated request is refused");
    const kinds = fc.tuple(...isolationKinds.map(() => fc.nat(9).map((n) => n > 0)));
    return fc.property(
      kinds,
      fc.option(fc.integer({ min: -3, max: 3 }), { nil: null }),
      (inForce, extra: number | null) => {
        const isolation = Object.fromEntries(isolationKinds.map((kind, index) => [kind, inForce[index] === true]));
        const wall = (limits?.wall_ms ?? 0) + (extra ?? 0);
        const action = commandAction(["ls"], extra === null ? {} : { limits: { wall_ms: wall } });
        const decision = decide("request", { ...gatewayRequest(action, limitIds), isolation });
        const wanted = [
          requires.every((kind) => isolation[kind] === true) ? [] : ["sandbox/isolation_missing"],
          extra !== null && extra > 0 ? ["sandbox/limit_loosened"] : [],
        ].flat();
        claim(
          rulesOf(decision).join() === wanted.join(),
          () => `refused by [${rulesOf(decision).join(" ")}], the model says [${wanted.join(" ")}]`,
        );
        if (decision.allow && extra !== null) {
          claim(decision.obligations.limits?.wall_ms === wall, () => "a tightened limit is not in the obligations");
        }
      },
    );
  },
};
