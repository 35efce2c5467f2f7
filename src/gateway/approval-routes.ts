import { hash } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import Type from "typebox";
import { type Actor, type ApprovalFilter, approvalStates, type NewApproval } from "../approval/index.js";
import { parseCommand } from "../command/index.js";
import { err, ok, type Problem, type Result } from "../model/index.js";
import { redactJson } from "../token/index.js";
import { ApprovalBody, ReasonBody } from "./contracts.js";
import { askedFor } from "./execute-route.js";
import type { CommandDefaults, GatewayParts } from "./gateway-parts.js";
import { identified } from "./guard.js";
import { answerProblem } from "./problem-answer.js";

type Parts = Pick<GatewayParts, "identify" | "policies" | "metrics" | "clock" | "approvals" | "defaults">;
type WithId = { Params: { id: string } };

const IdParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 256 }) });
const ListQuery = Type.Object(
  {
    state: Type.Optional(Type.Enum([...approvalStates])),
    requested_by: Type.Optional(Type.String({ maxLength: 256 })),
    task: Type.Optional(Type.String({ maxLength: 256 })),
    review_due: Type.Optional(Type.Enum(["true"])),
    after: Type.Optional(Type.String({ maxLength: 1000 })),
    limit: Type.Optional(Type.String({ pattern: "^(?:[1-9][0-9]?|1[0-9]{2}|200)$" })),
  },
  { additionalProperties: false },
);
type ListQuery = Type.Static<typeof ListQuery>;

/**
 * Asking for approvals, deciding them, and minting a token from one. Who asks and who decides are who their Bearer tokens
 * say; whether they may is the rules' to say.
 */
export function approvalRoutes(server: FastifyInstance, parts: Parts): void {
  const { approvals } = parts;
  server.post<{ Body: ApprovalBody }>(
    "/approvals",
    { schema: { summary: "Ask for an approval", body: ApprovalBody } },
    (request, reply) =>
      act(parts, request, reply, 201, async (actor) => {
        const bundle = parts.policies.current().sha256;
        const asked = newApproval(request.body, parts.defaults, bundle);
        return asked.ok ? shown(await approvals.request(actor, asked.value)) : asked;
      }),
  );
  server.get<{ Querystring: ListQuery }>(
    "/approvals",
    { schema: { summary: "List approvals, newest first", querystring: ListQuery } },
    ({ query }, reply) =>
      act(parts, reply.request, reply, 200, async (actor) => {
        const page = { after: query.after ?? null, limit: Number(query.limit ?? 50) };
        return shown(await approvals.list(actor, filterOf(query), page));
      }),
  );
  server.get<WithId>(
    "/approvals/:id",
    { schema: { summary: "Show one approval", params: IdParams } },
    (request, reply) =>
      act(parts, request, reply, 200, async (actor) => shown(await approvals.find(actor, request.params.id))),
  );
  for (const verb of ["approve", "reject", "revoke", "review"] as const) {
    server.post<WithId & { Body: ReasonBody }>(
      `/approvals/:id/${verb}`,
      { schema: { summary: `${verb} an approval`, params: IdParams, body: ReasonBody } },
      (request, reply) =>
        act(parts, request, reply, 200, async (actor) =>
          shown(await approvals[verb](actor, request.params.id, request.body.reason)),
        ),
    );
  }
  server.post<WithId>(
    "/approvals/:id/token",
    { schema: { summary: "Mint the capability token of an approval", params: IdParams } },
    (request, reply) =>
      act(parts, request, reply, 201, async (actor) => {
        const minted = await approvals.mint(actor, request.params.id);
        if (!minted.ok) return minted;
        const { token, jti, expires_at_ms } = minted.value;
        return ok({ token, jti, expires_at: new Date(expires_at_ms).toISOString() });
      }),
  );
}

/**
 * An approval as people are shown it: a command may hold a token, which whoever may read approvals is not to have. What was
 * asked for is told apart by its hash all the same.
 *
 * @requirement EXE-16
 */
function shown<T extends object>(result: Result<T, Problem>): Result<object, Problem> {
  return result.ok ? ok(JSON.parse(redactJson(result.value))) : result;
}

/** Identifies, acts, answers. */
async function act(
  parts: Parts,
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  work: (actor: Actor) => Promise<Result<object, Problem>>,
): Promise<FastifyReply> {
  const actor = await identified(parts, request, reply);
  if (actor === undefined) return reply;
  const done = await work(actor);
  if (done.ok) return reply.code(status).send(done.value);
  if (done.error.code === "access/refused") parts.metrics.refusal("role");
  return answerProblem(reply, done.error);
}

function filterOf({ state, requested_by, task, review_due }: ListQuery): ApprovalFilter {
  return {
    ...(state === undefined ? {} : { state }),
    ...(requested_by === undefined ? {} : { requested_by }),
    ...(task === undefined ? {} : { task }),
    ...(review_due === undefined ? {} : { review_due: true }),
  };
}

/**
 * What will run, exactly as an execution with the same members would have it: same parser, same defaults, same hash.
 *
 * @requirement EXE-07
 */
export function newApproval(
  body: ApprovalBody,
  defaults: CommandDefaults,
  bundleSha256: string | null,
): Result<NewApproval, Problem> {
  const { reason, ttl_s, break_glass, ...command } = body;
  const { profile, cwd, workspace, env, stdin, limits, task } = askedFor(command, defaults);
  const argv = argvOf(command.command);
  if (!argv.ok) return argv;
  const stdin_sha256 = stdin === null ? null : hash("sha256", stdin, "hex");
  return ok({
    command: typeof command.command === "string" ? command.command : null,
    action: { kind: "command", profile, argv: [...argv.value], cwd, env: { ...env }, stdin_sha256, workspace, limits },
    task,
    reason,
    ...(ttl_s === undefined ? {} : { ttlS: ttl_s }),
    breakGlass: break_glass ?? false,
    bundleSha256,
  });
}

function argvOf(command: string | readonly string[]): Result<readonly string[], Problem> {
  if (typeof command !== "string") return ok(command);
  const parsed = parseCommand(command);
  if (parsed.ok) return parsed;
  const { code, message, offset } = parsed.error;
  return err({ code, message: `${message} (character ${offset + 1})` });
}
