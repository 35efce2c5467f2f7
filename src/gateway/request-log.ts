import { type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from "fastify";

/** Fastify's own lines, but for those two that it has for each request. */
export class RequestLogController extends LogController {
  constructor() {
    super({ requestIdLogLabel: "request_id" });
  }
  override incomingRequest(): void {}
  override requestCompleted(): void {}
}

/** What is to stand in a request's line besides; `closed` once that line is written. */
const besides = new WeakMap<FastifyRequest, object | "closed">();

/**
 * Has each request logged once, when its answer is out or nobody is there to take it: which route, never which address, for an
 * address may hold anything.
 */
export function logRequests(server: FastifyInstance): void {
  server.addHook("onRequest", async (request, reply) => logOnceClosed(request, reply));
}

/** Has one request logged. */
export function logOnceClosed(request: FastifyRequest, { raw }: FastifyReply): void {
  const startedMs = performance.now();
  raw.once("close", () => {
    const { method, routeOptions } = request;
    const duration_ms = Math.round((performance.now() - startedMs) * 1000) / 1000;
    const answer = raw.writableFinished ? { status: raw.statusCode } : { status: null, aborted: true };
    const line = { method, route: routeOptions.url ?? null, ...answer, duration_ms };
    request.log.info({ ...line, ...Object(besides.get(request)) }, "request");
    besides.set(request, "closed");
  });
}

/** Adds to a request's line; where that is written already, because the client has left, it is a line by itself. */
export function tellOf(request: FastifyRequest, more: object): void {
  if (besides.get(request) === "closed") request.log.info(more, "request, after its client left");
  else besides.set(request, more);
}
