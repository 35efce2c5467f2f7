import type { FastifyInstance } from "fastify";
import { type Entrypoint, entrypoints } from "../model/index.js";
import { DataBody } from "./contracts.js";
import type { GatewayParts } from "./gateway-parts.js";
import { admit } from "./guard.js";

type Parts = Pick<GatewayParts, "identify" | "policies" | "metrics" | "clock">;
type DataRequest = { Params: { "*": string }; Body: DataBody };

/**
 * OPA's decision API over the declared entrypoints: `POST /v1/data/main/<entrypoint>` with `{input}` gives `{result}`.
 * Any other path is undefined, which OPA answers with `{}`; policy data is never served.
 */
export function decisionRoutes(server: FastifyInstance, parts: Parts): void {
  server.post<DataRequest>(
    "/v1/data/*",
    { schema: { summary: "Ask for a decision, as OPA is asked", body: DataBody } },
    async (request, reply) => {
      if ((await admit(parts, request, reply, "decision.ask")) === undefined) return reply;
      const entrypoint = entrypointOf(request.params["*"]);
      if (entrypoint === undefined) return {};
      const started = performance.now();
      const decision = parts.policies.current().decide(entrypoint, request.body.input ?? {});
      const rules = decision.violations.map(({ rule }) => rule);
      parts.metrics.decision(entrypoint, decision.allow, rules, performance.now() - started);
      return { result: decision };
    },
  );
  server.get(
    "/health",
    { schema: { summary: "Whether decisions can be asked for, as OPA says it" } },
    async (request, reply) => {
      if ((await admit(parts, request, reply, "decision.ask")) === undefined) return reply;
      return {};
    },
  );
}

/** The entrypoint that a path names: `main/request`; undefined for data, rules and everything else. */
export function entrypointOf(path: string): Entrypoint | undefined {
  return entrypoints.find((name) => path === `main/${name}`);
}
