import fastify, { type FastifyInstance } from "fastify";
import type { GatewayParts } from "./gateway-parts.js";
import { admit } from "./guard.js";

/** Serves `GET /metrics` apart from the gateway, to whoever has the role; on loopback unless configured otherwise. */
export function metricsServer(
  parts: Pick<GatewayParts, "identify" | "policies" | "metrics" | "clock" | "checks">,
): FastifyInstance {
  const server: FastifyInstance = fastify({ logger: false });
  server.get("/metrics", async (request, reply) => {
    if ((await admit(parts, request, reply, "metrics.read")) === undefined) return reply;
    for (const { name, ok } of await parts.checks()) parts.metrics.health(name, ok);
    return reply
      .header("content-type", parts.metrics.registry.contentType)
      .send(await parts.metrics.registry.metrics());
  });
  return server;
}
