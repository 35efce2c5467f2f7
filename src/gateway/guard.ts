import type { FastifyReply, FastifyRequest } from "fastify";
import type { AccessInput, ApprovalFacts } from "../model/index.js";
import { reasonOf } from "./answers.js";
import type { Caller, GatewayParts } from "./gateway-parts.js";
import { answerProblem, answerViolations } from "./problem-answer.js";

type GuardParts = Pick<GatewayParts, "identify" | "policies" | "metrics" | "clock">;

/** The Bearer token of a request; null where there is none. */
export function bearerOf(request: FastifyRequest): string | null {
  const [, token] = /^Bearer ([^\s]+)$/i.exec(request.headers.authorization ?? "") ?? [];
  return token ?? null;
}

/**
 * Tells who asks, and whether their role may; where not, answers, and gives undefined. Who asks is who the credential says.
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
  const identified = await parts.identify(bearerOf(request));
  if (!identified.ok) {
    parts.metrics.refusal(reasonOf([{ rule: identified.error.code }]) ?? "forged");
    reply.header("www-authenticate", 'Bearer realm="lockkeeper"');
    answerProblem(reply, identified.error);
    return undefined;
  }
  const { subject, credential, channel } = identified.value;
  const policy = parts.policies.current();
  const input: AccessInput = { now_ms: parts.clock.nowMs(), channel, subject, credential, permission, approval };
  const decision = policy.decide("access", input);
  if (decision.allow) return identified.value;
  parts.metrics.refusal("role");
  answerViolations(
    reply,
    decision.violations.map((one) => ({ ...one, place: policy.ruleAt(one.rule) ?? null })),
  );
  return undefined;
}
