import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { OutputSink, Submission } from "../gate/index.js";
import { type Answer, answerOf } from "./answers.js";
import { ErrorAnswer, ExecuteAnswer, ExecuteBody } from "./contracts.js";
import { eventStream } from "./event-stream.js";
import type { CommandDefaults, GatewayParts } from "./gateway-parts.js";
import { answerKey, createOnce, isIdempotencyKey } from "./idempotency.js";
import { answerProblem } from "./problem-answer.js";

type Parts = Pick<GatewayParts, "gate" | "answers" | "defaults" | "metrics" | "clock" | "logger">;
type ExecuteRequest = FastifyRequest<{ Body: ExecuteBody }>;

/** `POST /gateway/execute`: the one door through which commands run. */
export function executeRoute(server: FastifyInstance, parts: Parts): void {
  const once = createOnce(parts.answers, () => parts.clock.nowMs());
  const schema = {
    summary: "Execute a command that was approved",
    headers: executeHeaders,
    body: ExecuteBody,
    response: { 200: ExecuteAnswer, "4xx": ErrorAnswer, "5xx": ErrorAnswer },
  };
  server.post<{ Body: ExecuteBody }>("/gateway/execute", { schema }, async (request, reply) => {
    const token = tokenOf(request);
    const key = request.headers["idempotency-key"];
    if (key !== undefined && !isIdempotencyKey(key)) {
      const message = "Idempotency-Key must be 1 to 255 visible characters";
      return answerProblem(reply, { code: "request/malformed", message });
    }
    if (wantsEvents(request)) return streamed(parts, request, reply, token);
    const run = async () => kept(await execute(parts, request, token, () => undefined), reply);
    const answer = key === undefined ? await run() : await once(answerKey(key, token ?? "", request.body), run);
    return reply.code(answer.status).header("content-type", "application/json; charset=utf-8").send(answer.body);
  });
}

const executeHeaders = {
  type: "object",
  properties: {
    "x-capability-token": { type: "string", maxLength: 4096 },
    "idempotency-key": { type: "string", maxLength: 255 },
  },
};

function tokenOf({ headers }: ExecuteRequest): string | null {
  const header = headers["x-capability-token"];
  return typeof header === "string" && header !== "" ? header : null;
}

function wantsEvents({ headers }: ExecuteRequest): boolean {
  return (headers.accept ?? "").split(",").some((type) => type.trim().startsWith("text/event-stream"));
}

async function streamed(parts: Parts, request: ExecuteRequest, reply: FastifyReply, token: string | null) {
  const events = eventStream(reply);
  const answer = await execute(parts, request, token, events.output);
  if (events.end(answer)) return reply;
  const { status, body } = kept(answer, reply);
  return reply.code(status).header("content-type", "application/json; charset=utf-8").send(body);
}

function kept({ status, body, retryAfterS }: Answer, reply: FastifyReply) {
  if (retryAfterS !== undefined) reply.header("retry-after", String(retryAfterS));
  return { status, body: JSON.stringify(body) };
}

async function execute(
  parts: Parts,
  { body, log }: ExecuteRequest,
  token: string | null,
  listener: OutputSink,
): Promise<Answer> {
  const started = performance.now();
  parts.metrics.running(1);
  const outcome = await parts.gate.submit(submissionOf(body, parts.defaults, token), listener);
  parts.metrics.running(-1);
  parts.metrics.execution(outcome, performance.now() - started);
  const answer = answerOf(outcome, body.include ?? [], parts.clock.nowMs());
  const { execution_id, success, code } = answer.body;
  log.info({ execution_id, success, code, status: answer.status }, "execution");
  return answer;
}

/** What a body asks for as the gate takes it. The same defaults hold when an approval is asked for. */
export function submissionOf(body: ExecuteBody, defaults: CommandDefaults, token: string | null): Submission {
  const { command, approval_id, profile, env = {}, limits = {}, task = null } = body;
  const workspace = body.workspace ?? defaults.workspace;
  return {
    channel: "gateway",
    command,
    profile: profile ?? defaults.profile,
    cwd: body.cwd ?? workspace,
    workspace,
    env,
    stdin: body.stdin_base64 === undefined ? null : Buffer.from(body.stdin_base64, "base64"),
    limits,
    credential: token,
    approvalId: approval_id,
    task,
  };
}
