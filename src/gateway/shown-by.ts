import type { FastifyRequest } from "fastify";
import type { ShownCredential } from "./gateway-parts.js";

/**
 * What a request shows of who sends it. Where anything stands in `Authorization`, the older header counts for nothing.
 *
 * @requirement WFL-01
 */
export function shownBy(request: Pick<FastifyRequest, "headers">): ShownCredential {
  const { authorization, "x-pilot-id": pilotId } = request.headers;
  if (authorization === undefined && typeof pilotId === "string") return { kind: "pilot", pilotId };
  return { kind: "bearer", token: bearerOf(request) };
}

/** The Bearer token of a request; null where there is none. */
function bearerOf(request: Pick<FastifyRequest, "headers">): string | null {
  const [, token] = /^Bearer ([^\s]+)$/i.exec(request.headers.authorization ?? "") ?? [];
  return token ?? null;
}
