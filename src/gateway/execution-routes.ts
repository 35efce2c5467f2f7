import type { FastifyInstance } from "fastify";
import Type from "typebox";
import type { StoredEntry } from "../audit/index.js";
import { isRecord } from "../model/index.js";
import type { GatewayParts } from "./gateway-parts.js";
import { admit } from "./guard.js";
import { answerProblem } from "./problem-answer.js";

type Parts = Pick<GatewayParts, "identify" | "policies" | "metrics" | "clock" | "audit">;

const IdParams = Type.Object({ id: Type.String({ pattern: "^[A-Za-z0-9_-]{8,64}$" }) });

/** `GET /executions/:id`: what the audit has of one execution, as recorded. Outputs are not kept; their hashes are. */
export function executionRoutes(server: FastifyInstance, parts: Parts): void {
  server.get<{ Params: { id: string } }>(
    "/executions/:id",
    { schema: { summary: "What is recorded of an execution", params: IdParams } },
    async (request, reply) => {
      if ((await admit(parts, request, reply, "execution.read")) === undefined) return reply;
      const { id } = request.params;
      const entries = (await parts.audit.about(id)).map(parsedEntry).filter((entry) => entry.execution_id === id);
      const intent = entries.find(({ kind }) => kind === "intent");
      if (intent === undefined)
        return answerProblem(reply, { code: "request/not_found", message: "no such execution" });
      const end = entries.find(({ kind }) => kind === "end") ?? null;
      return { execution_id: id, state: stateOf(intent, end), intent, end };
    },
  );
}

/** An entry is our own text, held to its schema when it was written. */
function parsedEntry({ line }: StoredEntry): Readonly<Record<string, unknown>> {
  const parsed: unknown = JSON.parse(line);
  return isRecord(parsed) ? parsed : {};
}

function stateOf(intent: Readonly<Record<string, unknown>>, end: unknown): "refused" | "running" | "ended" {
  if (intent.decision !== "allow") return "refused";
  return end === null ? "running" : "ended";
}
