import fastify, { type FastifyInstance } from "fastify";
import { rules } from "../../approval/testdata/world.js";
import { type Entry, err, ok } from "../../model/index.js";
import type { IdentifyCaller } from "../gateway-parts.js";
import { createMetrics } from "../metrics.js";

/** When it is here. */
export const nowMs = 2000;

/** Who asks is who the Bearer token names, as `ann:OPERATOR`; without a role it is expired. */
const identify: IdentifyCaller = async (shown) => {
  if (shown.kind !== "bearer" || shown.token === null) return err({ code: "token/missing", message: "Token missing" });
  const [id = "", role] = shown.token.split(":");
  if (role === undefined) return err({ code: "token/expired", message: "Token expired" });
  return ok({ subject: { id, roles: [role] }, credential: "bearer", channel: "gateway" });
};

/** What routes need to be asked without a network: rules that refuse what is given, by the violations given. */
export function inProcess(refused: Readonly<Record<string, readonly string[]>> = {}) {
  const { decide, asked } = rules(refused);
  const entrypoints: string[] = [];
  const recorded: Entry[] = [];
  const policy = {
    sha256: "ab".repeat(32),
    limits: {},
    wantsRepository: () => false,
    decide: (entrypoint: string, input: Parameters<typeof decide>[0]) => {
      entrypoints.push(entrypoint);
      return decide(input);
    },
    ruleAt: (id: string) => (id === "access/role_lacks_permission" ? { file: "access/access.rego", row: 27 } : undefined),
  };
  const parts = {
    identify,
    policies: { current: () => policy },
    metrics: createMetrics(),
    clock: { nowMs: () => nowMs },
    recorder: { append: async (entry: Entry) => void recorded.push(entry) },
    defaults: { profile: "readonly", workspace: "/srv/work" },
  };
  return { parts, asked, decide, entrypoints, recorded };
}

/** A server that listens nowhere, and checks no schemas. */
export function bareServer(): FastifyInstance {
  const server: FastifyInstance = fastify();
  server.setValidatorCompiler(() => () => true);
  return server;
}

/** How many refusals were counted, by reason. */
export async function refusalsOf({ metrics }: Pick<ReturnType<typeof inProcess>["parts"], "metrics">) {
  const counted = await metrics.registry.getSingleMetric("lockkeeper_security_refusals_total")?.get();
  return Object.fromEntries((counted?.values ?? []).map(({ labels, value }) => [labels.reason, value]));
}
