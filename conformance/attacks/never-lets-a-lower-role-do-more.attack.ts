/**
 * Claim: whatever a role of the hierarchy may, every role above it may too; to have more roles never takes anything away; and
 * what is given to nobody is for nobody.
 *
 * Why: a lower role that can do more is a way around whoever withheld it from the higher one.
 * How: every permission that the data knows and some it does not, over approvals in every state and about nobody's, asked
 * for each role of the hierarchy in turn, alone and beside other roles.
 */
import fc from "fast-check";
import type { AccessInput } from "../../src/index.js";
import { type Attack, claim } from "./attack.js";
import { nowMs } from "./base-request.js";

export const neverLetsALowerRoleDoMore: Attack = {
  id: "never-lets-a-lower-role-do-more",
  claim: "whatever a role may, every role above it may too, and more roles never take anything away",
  requirements: ["WFL-04"],
  weight: 2,
  property: ({ decide, data }) => {
    const hierarchy = data.access?.hierarchy ?? [];
    const permissions = [...Object.keys(data.access?.permissions ?? {}), "pilot.unheard_of"];
    const person = fc.constantFrom("ann", "bob", "cid");
    const approval: fc.Arbitrary<AccessInput["approval"]> = fc.option(
      fc.record({
        id: fc.constant("approval-1"),
        state: fc.constantFrom("pending", "approved", "rejected", "revoked", "used"),
        cmd_hash: fc.constant("a".repeat(64)),
        requested_by: person,
        approvers: fc.uniqueArray(person, { maxLength: 2 }),
        break_glass: fc.boolean(),
        expires_ms: fc.constantFrom(nowMs - 1, nowMs, nowMs + 1),
      }),
    );
    const asked = fc.record({
      id: person,
      permission: fc.constantFrom(...permissions),
      credential: fc.constantFrom("bearer", "bearer", "bearer", "legacy"),
      others: fc.uniqueArray(fc.constantFrom("requester", "auditor", "metrics", "decider", "unheard-of"), {
        maxLength: 3,
      }),
      approval,
    });
    return fc.property(asked, ({ id, permission, credential, others, approval: facts }) => {
      const may = (roles: readonly string[]) => {
        const subject = { id, roles: [...roles] };
        const input = { now_ms: nowMs, channel: "gateway", subject, credential, permission, approval: facts };
        return decide("access", input satisfies AccessInput).allow;
      };
      const isKnown = Object.hasOwn(data.access?.permissions ?? {}, permission);
      claim(isKnown || !may([...hierarchy, ...others]), () => `a permission that is nobody's is given: ${permission}`);
      let below: string | undefined;
      for (const role of hierarchy) {
        if (below !== undefined && may([below, ...others])) {
          const lower = below;
          claim(may([role, ...others]), () => `${lower} may ${permission}, and ${role} may not`);
        }
        if (may([role])) claim(may([...others, role]), () => `${role} loses ${permission} beside ${others.join(", ")}`);
        below = role;
      }
    });
  },
};
