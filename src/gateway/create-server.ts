import swagger from "@fastify/swagger";
import fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from "fastify";
import { isRecord, parserOfJsonSchema } from "../model/index.js";
import { reasonOf } from "./answers.js";
import { approvalRoutes } from "./approval-routes.js";
import { decisionRoutes } from "./decision-routes.js";
import { endConnections } from "./end-connections.js";
import { executeRoute } from "./execute-route.js";
import { executionRoutes } from "./execution-routes.js";
import type { GatewayParts } from "./gateway-parts.js";
import { admit } from "./guard.js";
import { healthRoutes } from "./health-routes.js";
import { bodyBounds, readJsonBodies } from "./json-body.js";
import { pilotRoutes } from "./pilot-routes.js";
import { answerProblem } from "./problem-answer.js";
import { logOnceClosed, logRequests, RequestLogController } from "./request-log.js";
import { requestProblem } from "./request-problem.js";

/** TLS as Node takes it: PEM texts; with `ca` and `requestCert` only clients with a certificate of that authority get in. */
export type Tls = {
  readonly cert: string;
  readonly key: string;
  readonly ca?: string;
  readonly requestCert?: boolean;
  readonly rejectUnauthorized?: boolean;
  readonly minVersion: "TLSv1.2" | "TLSv1.3";
};

/** How long one request may take to come in whole, and a connection may idle, in milliseconds. */
const requestTimeoutMs = 30_000;
const idleTimeoutMs = 60_000;

/** Fastify's own type of logger, so that its instances are all of one type. */
const serverLogger = (logger: FastifyBaseLogger): FastifyBaseLogger => logger;

/** Builds the gateway's server: every route, one reader of bodies, one answer to whatever fails. It does not listen yet. */
export async function createServer(parts: GatewayParts, tls?: Tls): Promise<FastifyInstance> {
  const server: FastifyInstance = fastify({
    loggerInstance: serverLogger(parts.logger),
    logController: new RequestLogController(),
    bodyLimit: bodyBounds.bytes,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: idleTimeoutMs,
    return503OnClosing: true,
    frameworkErrors: (_, request, reply) => refuseAddress(request, reply),
    genReqId: () => Buffer.from(parts.random.bytes(12)).toString("base64url"),
    ...(tls === undefined ? {} : { https: tls }),
  });
  logRequests(server);
  endConnections(server);
  readJsonBodies(server);
  // A schema is checked as it is written: nothing is coerced, nothing is dropped.
  server.setValidatorCompiler(({ schema }) => {
    const parse = parserOfJsonSchema(plainSchema(schema));
    return (value: unknown) => {
      const parsed = parse(value);
      if (parsed.ok) return { value };
      const [issue] = parsed.error;
      return { error: new Error(`${issue?.path.slice(1).replaceAll("/", ".") || "the body"} ${issue?.message}`) };
    };
  });
  server.setErrorHandler((error: FastifyError, request, reply) => refuseRequest(parts, error, request, reply));
  server.setNotFoundHandler((_, reply) =>
    answerProblem(reply, { code: "request/not_found", message: "no such route" }),
  );
  server.addHook("onSend", async (request, reply) => markAnswer(request, reply));
  await server.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: "Lockkeeper gateway", description: "Commands, approvals and decisions", version: "1" },
      components: {
        securitySchemes: {
          capability: { type: "apiKey", in: "header", name: "X-Capability-Token" },
          bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
        },
      },
    },
  });
  await server.register(async (routes) => {
    executeRoute(routes, parts);
    approvalRoutes(routes, parts);
    executionRoutes(routes, parts);
    pilotRoutes(routes, parts);
    decisionRoutes(routes, parts);
    healthRoutes(routes, parts);
    openApiRoute(routes, parts);
  });
  await server.ready();
  return server;
}

/** What every answer carries. */
function markAnswer({ id }: Pick<FastifyRequest, "id">, reply: Pick<FastifyReply, "header">): void {
  reply.header("x-request-id", id);
  reply.header("x-content-type-options", "nosniff");
  reply.header("cache-control", "no-store");
}

/** An address that no router takes apart: the hooks see nothing of it. */
function refuseAddress(request: FastifyRequest, reply: FastifyReply): void {
  logOnceClosed(request, reply);
  markAnswer(request, reply);
  answerProblem(reply, { code: "request/malformed", message: "the address is malformed, or a part of it too long" });
}

function openApiRoute(server: FastifyInstance, parts: GatewayParts): void {
  server.get("/openapi.json", { schema: { summary: "This description" } }, async (request, reply) => {
    if ((await admit(parts, request, reply, "api.read")) === undefined) return reply;
    return server.swagger();
  });
}

/** JSON Schemas arrive as fastify stores them; ids would clash where one schema is used by two routes. */
function plainSchema(schema: unknown): object {
  const plain: unknown = JSON.parse(JSON.stringify(schema));
  if (!isRecord(plain)) throw new Error("a schema must be an object");
  const { $id: _, ...rest } = plain;
  return rest;
}

/** Answers a request that failed. One that wanted to execute is an attempt, and is recorded as one. */
async function refuseRequest(
  parts: GatewayParts,
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const problem = requestProblem(error);
  if (problem.code === "internal/bug") parts.logger.error({ err: error, request_id: request.id }, "a request failed");
  if (request.routeOptions.url === "/gateway/execute") {
    const outcome = await parts.gate.refuse({ channel: "gateway", command: "", approvalId: null }, problem);
    parts.metrics.execution(outcome, 0);
  } else {
    parts.metrics.refusal(reasonOf([{ rule: problem.code }]) ?? "malformed");
  }
  return answerProblem(reply, problem);
}
