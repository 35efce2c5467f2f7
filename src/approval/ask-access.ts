import { type ApprovalFacts, err, ok, type Problem, type Result, type Violation } from "../model/index.js";
import type { Actor, AskAccess } from "./ports.js";

/** Somebody does something at a moment: who, as their credential says, and whom to ask whether they may. */
export type Act = { readonly actor: Actor; readonly nowMs: number; readonly decide: AskAccess };

/** What the rules object to because of the approval and not of who asks: another moment might have gone well. */
const aboutTheApproval: ReadonlySet<string> = new Set([
  "access/not_open",
  "access/expired",
  "access/said_before",
  "access/too_few_approvers",
  "access/nothing_to_review",
]);

/**
 * Asks the rules whether somebody may do something.
 *
 * @param approval - the approval that it is about; null where it is about none
 * @returns on failure `approval/state` where only the approval stands in the way, else `access/refused`; the message says
 * what the rules object to
 */
export function mayAct(
  { actor, nowMs, decide }: Act,
  permission: string,
  approval: ApprovalFacts | null,
): Result<true, Problem> {
  const { subject, credential, channel } = actor;
  const decision = decide({ now_ms: nowMs, channel, subject, credential, permission, approval });
  if (decision.allow) return ok(true);
  const { violations } = decision;
  const state = violations.length > 0 && violations.every(({ rule }) => aboutTheApproval.has(rule));
  const message = violations.map(objection).join("; ") || `${permission} is refused`;
  return err({ code: state ? "approval/state" : "access/refused", message });
}

/** Says what a rule objects to, with the roles that would have done. */
function objection({ rule, message, detail }: Violation): string {
  if (rule === "access/role_lacks_permission") {
    const roles = [listed(detail.roles), listed(detail.own_roles, " over what they asked for")].flat();
    const who = roles.length === 0 ? "nobody has it" : `it takes ${roles.join(" or ")}`;
    return `${message}: ${String(detail.permission)}, ${who} [${rule}]`;
  }
  const told = Object.entries(detail).map(([key, value]) => `${key} ${String(value)}`);
  return `${[message, ...(told.length > 0 ? [told.join(", ")] : [])].join(": ")} [${rule}]`;
}

function listed(roles: unknown, suffix = ""): string[] {
  return Array.isArray(roles) ? roles.map((role) => `${String(role)}${suffix}`) : [];
}
