import type { FastifyInstance } from "fastify";
import type { GatewayParts } from "./gateway-parts.js";

/**
 * The two routes that ask for no credential, and tell nothing but yes or no: is this process alive, and can it serve?
 * Why not stands in the log and in `lockkeeper doctor`.
 */
export function healthRoutes(
  server: FastifyInstance,
  { checks, metrics, logger }: Pick<GatewayParts, "checks" | "metrics" | "logger">,
): void {
  server.get("/healthz", { schema: { summary: "Whether the process is alive" } }, async () => ({ ok: true }));
  server.get("/readyz", { schema: { summary: "Whether requests can be served" } }, async (_, reply) => {
    const seen = await checks();
    for (const { name, ok } of seen) metrics.health(name, ok);
    const failing = seen.filter(({ ok }) => !ok);
    if (failing.length > 0) logger.warn({ failing }, "not ready");
    return reply.code(failing.length === 0 ? 200 : 503).send({ ok: failing.length === 0 });
  });
}
