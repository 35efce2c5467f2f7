import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { OutputSink, Submission } from "../gate/index.js";
import { type Answer, answerOf } from "./answers.js";
import { ErrorAnswer, ExecuteAnswer, ExecuteBody } from "./contracts.js";
import { eventStream } from "./event-stream.js";
import type { CommandDefaults, GatewayParts } from "./gateway-parts.js";
import { answerKey, createOnce, isIdempotencyKey } from "./idempotency.js";
import type { Credential } from "./identify.js";
import { answerProblem } from "./problem-answer.js";
import { tellOf } from "./request-log.js";

type Parts = Pick<
  GatewayParts,
  "gate" | "authenticator" | "publicUrl" | "answers" | "unwaited" | "defaults" | "metrics" | "clock"
>;
type ExecuteRequest = FastifyRequest<{ Body: ExecuteBody }>;

/** `POST /gateway/execute`: the one door through which commands run. */
export function executeRoute(server: FastifyInstance, parts: Parts): void {
  const once = createOnce(parts.answers, () => parts.clock.nowMs());
  server.addHook("onClose", () => parts.unwaited.done());
  const execute = (request: ExecuteRequest, credential: Credential, listener: OutputSink) =>
    executed(parts, request, credential, listener);
  const schema = {
    summary: "Execute a command that was approved",
    headers: executeHeaders,
    body: ExecuteBody,
    response: { 200: ExecuteAnswer, "4xx": ErrorAnswer, "5xx": ErrorAnswer },
  };
  server.post<{ Body: ExecuteBody }>("/gateway/execute", { schema }, async (request, reply) => {
    const credential = credentialOf(request, parts.publicUrl);
    const key = request.headers["idempotency-key"];
    if (key !== undefined && !isIdempotencyKey(key)) {
      const message = "Idempotency-Key must be 1 to 255 visible characters";
      return answerProblem(reply, { code: "request/malformed", message });
    }
    if (wantsEvents(request)) return streamed(execute, request, reply, credential);
    const run = async () => kept(await execute(request, credential, () => undefined), reply);
    const mayHave = async () => (await parts.authenticator.authenticate(credential, "gateway")).ok;
    const asked = { run, mayHave };
    const answer =
      key === undefined ? await run() : await once(answerKey(key, credential.token ?? "", request.body), asked);
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

/** What a request shows. Which address a proof must be for is ours to say, or else what the request calls us. */
function credentialOf(request: ExecuteRequest, publicUrl: string | null): Credential {
  const { headers, method, protocol, host, originalUrl } = request;
  const url = `${publicUrl ?? `${protocol}://${host}`}${originalUrl}`;
  return { kind: "capability", token: one(headers["x-capability-token"]), proof: one(headers.dpop), method, url };
}

function one(header: string | readonly string[] | undefined): string | null {
  return typeof header === "string" && header !== "" ? header : null;
}

function wantsEvents({ headers }: ExecuteRequest): boolean {
  return (headers.accept ?? "").split(",").some((type) => type.trim().startsWith("text/event-stream"));
}

type Execute = (request: ExecuteRequest, credential: Credential, listener: OutputSink) => Promise<Answer>;

async function streamed(execute: Execute, request: ExecuteRequest, reply: FastifyReply, credential: Credential) {
  const events = eventStream(reply);
  const answer = await execute(request, credential, events.output);
  if (events.end(answer)) return reply;
  const { status, body } = kept(answer, reply);
  return reply.code(status).header("content-type", "application/json; charset=utf-8").send(body);
}

function kept({ status, body, retryAfterS }: Answer, reply: FastifyReply) {
  if (retryAfterS !== undefined) reply.header("retry-after", String(retryAfterS));
  return { status, body: JSON.stringify(body) };
}

async function executed(
  parts: Parts,
  request: ExecuteRequest,
  credential: Credential,
  listener: OutputSink,
): Promise<Answer> {
  const { body } = request;
  const started = performance.now();
  parts.metrics.running(1);
  const submission = submissionOf(body, parts.defaults, credential);
  const outcome = await parts.unwaited.keep(parts.gate.submit(submission, listener));
  parts.metrics.running(-1);
  parts.metrics.execution(outcome, performance.now() - started);
  const answer = answerOf(outcome, body.include ?? [], parts.clock.nowMs());
  const { execution_id, success, code } = answer.body;
  tellOf(request, { execution_id, success, code });
  return answer;
}

/** What a body asks for as the gate takes it. */
function submissionOf(body: ExecuteBody, defaults: CommandDefaults, credential: Credential): Submission {
  return { channel: "gateway", ...askedFor(body, defaults), credential, approvalId: body.approval_id };
}

/** What is to run, by what a body says and what is taken where it does not say; the same for an approval and an execution. */
export function askedFor(body: Omit<ExecuteBody, "approval_id" | "include">, defaults: CommandDefaults) {
  const { command, profile, env = {}, limits = {}, task = null } = body;
  const workspace = body.workspace ?? defaults.workspace;
  return {
    command,
    profile: profile ?? defaults.profile,
    cwd: body.cwd ?? workspace,
    workspace,
    env,
    stdin: body.stdin_base64 === undefined ? null : Buffer.from(body.stdin_base64, "base64"),
    limits,
    task,
  };
}
