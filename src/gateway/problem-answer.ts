import type { FastifyReply } from "fastify";
import type { CitedViolation } from "../gate/index.js";
import { errorCodes, type Problem, printable } from "../model/index.js";
import { leading, shown, statusOf } from "./answers.js";
import type { ErrorAnswer } from "./contracts.js";

/** Answers with a problem: the status of its code, and its message, which says nothing of our inside. */
export function answerProblem(reply: FastifyReply, { code, message }: Problem): FastifyReply {
  const { status, text } = errorCodes[code];
  // What is ours to mend is told to the log alone.
  const error = status >= 500 ? text : printable(message);
  const body: ErrorAnswer = { success: false, error, code, request_id: reply.request.id };
  return reply.code(status).send(body);
}

/** Answers with what the rules objected to. */
export function answerViolations(reply: FastifyReply, violations: readonly CitedViolation[]): FastifyReply {
  const first = leading(violations);
  if (first === undefined) return answerProblem(reply, { code: "access/refused", message: "refused" });
  const body: ErrorAnswer = {
    success: false,
    error: first.message,
    code: first.rule,
    request_id: reply.request.id,
    violations: violations.map(shown),
  };
  return reply.code(statusOf(first)).send(body);
}
