import type { FastifyReply, FastifyRequest } from "fastify";
import { type ApprovalFacts, errorCodes } from "../model/index.js";
import { reasonOf } from "./answers.js";
import type { Caller, GatewayParts } from "./gateway-parts.js";
import { answerProblem, answerViolations } from "./problem-answer.js";
import { shownBy } from "./shown-by.js";

type GuardParts = Pick<GatewayParts, "identify" | "policies" | "metrics" | "clock">;

/** Tells who asks; where no good credential says, answers, and gives undefined. Who asks is never what a body says. */
export async function identified(
  parts: Pick<GuardParts, "identify" | "metrics">,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Caller | undefined> {
  const caller = await parts.identify(shownBy(request), `${request.method} ${request.routeOptions.url ?? ""}`);
  if (caller.ok) return caller.value;
  if (errorCodes[caller.error.code].status === 401) {
    parts.metrics.refusal(reasonOf([{ rule: caller.error.code }]) ?? "forged");
    reply.header("www-authenticate", 'Bearer realm="lockkeeper"');
  }
  answerProblem(reply, caller.error);
  return undefined;
}

/**
 * Tells who asks, if their role may; where not, answers, and gives undefined.
 *
 * @param permission - area, dot, verb
 * @param approval - the approval that it is about
 * @requirement WFL-02
 */
export async function admit(
  parts: GuardParts,
  request: FastifyRequest,
  reply: FastifyReply,
  permission: string,
  approval: ApprovalFacts | null = null,
): Promise<Caller | undefined> {
  const caller = await identified(parts, request, reply);
  if (caller === undefined) return undefined;
  const policy = parts.policies.current();
  const decision = policy.decide("access", { now_ms: parts.clock.nowMs(), ...caller, permission, approval });
  if (decision.allow) return caller;
  parts.metrics.refusal("role");
  answerViolations(
    reply,
    decision.violations.map((one) => ({ ...one, place: policy.ruleAt(one.rule) ?? null })),
  );
  return undefined;
}
