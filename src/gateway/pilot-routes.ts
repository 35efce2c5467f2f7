import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Problem, Result } from "../model/index.js";
import { redactTokens } from "../token/index.js";
import { KillSwitchBody, PilotBody } from "./contracts.js";
import type { GatewayParts } from "./gateway-parts.js";
import { admit, identified } from "./guard.js";
import { answerProblem } from "./problem-answer.js";

type Parts = Pick<
  GatewayParts,
  "identify" | "policies" | "metrics" | "clock" | "killSwitch" | "recorder" | "stopExecution"
>;

/** What pilots do to a unit of work, and the permission that each takes. */
const actions = {
  clarification: "pilot.clarification",
  "waive-violation": "pilot.waive_violation",
  resume: "pilot.resume",
} as const;

const cancelling = "Cancel a unit of work; an execution that runs in this process is ended";

/**
 * What pilots do: the kill switch, and four acts on a unit of work. An act is in the audit, with who did it in which role,
 * before it is answered; whoever holds the unit of work reads it there.
 *
 * @requirement WFL-03
 */
export function pilotRoutes(server: FastifyInstance, parts: Parts): void {
  killSwitchRoutes(server, parts);
  for (const [name, permission] of Object.entries(actions)) {
    const schema = { summary: `${name}: one act on a unit of work`, body: PilotBody };
    server.post<{ Body: PilotBody }>(`/pilot/${name}`, { schema }, (request, reply) =>
      recorded(parts, request, reply, { name, permission }, (done) => reply.code(202).send(done)),
    );
  }
  const schema = { summary: cancelling, body: PilotBody };
  server.post<{ Body: PilotBody }>("/pilot/cancel", { schema }, (request, reply) =>
    recorded(parts, request, reply, { name: "cancel", permission: "pilot.cancel" }, (done) => {
      const stopped = parts.stopExecution(done.object);
      return reply.code(stopped ? 200 : 202).send({ ...done, stopped });
    }),
  );
}

/** What is answered of an act that is in the audit. */
type Done = { readonly success: true; readonly recorded: string; readonly object: string };

/** Has an act in the audit if the role may, and only then does what comes of it; where it may not, answers that. */
async function recorded(
  parts: Parts,
  request: FastifyRequest<{ Body: PilotBody }>,
  reply: FastifyReply,
  { name, permission }: { readonly name: string; readonly permission: string },
  onceRecorded: (done: Done) => FastifyReply,
): Promise<FastifyReply> {
  const caller = await admit(parts, request, reply, permission);
  if (caller === undefined) return reply;
  const { object } = request.body;
  const reason = redactTokens(request.body.reason);
  const { id, roles } = caller.subject;
  const event = `pilot/${name.replaceAll("-", "_")}`;
  await parts.recorder.append({ kind: "event", name: event, actor: id, roles, object, detail: { reason } });
  return onceRecorded({ success: true, recorded: event, object });
}

function killSwitchRoutes(server: FastifyInstance, parts: Parts): void {
  const { killSwitch } = parts;
  server.post<{ Body: KillSwitchBody }>(
    "/pilot/kill-switch",
    { schema: { summary: "Stop everything, or let things start again", body: KillSwitchBody } },
    async (request, reply) => {
      const actor = await identified(parts, request, reply);
      if (actor === undefined) return reply;
      const { engage, reason } = request.body;
      const moved: Result<object, Problem> = engage
        ? await killSwitch.engage(actor, reason)
        : await killSwitch.lift(actor, reason);
      if (moved.ok) return moved.value;
      if (moved.error.code === "access/refused") parts.metrics.refusal("role");
      return answerProblem(reply, moved.error);
    },
  );
  server.get("/pilot/kill-switch", { schema: { summary: "Who moved the switch last" } }, async (request, reply) => {
    if ((await admit(parts, request, reply, "pilot.read")) === undefined) return reply;
    return killSwitch.state();
  });
}
