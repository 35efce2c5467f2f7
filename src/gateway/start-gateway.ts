import { hash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import { type Executor, loggedPolicy, type PolicySource, type StoppingExecutor } from "../gate/index.js";
import { systemClock, systemRandom } from "../host/index.js";
import { type Clock, type Entry, err, ok, type Problem, type Random, type Result } from "../model/index.js";
import type { PolicyHost } from "../policy/index.js";
import { createMemoryRefusal, openRedisRefusal } from "../store/index.js";
import type { KeySet } from "../token/index.js";
import { assemble } from "./assemble.js";
import { createServer } from "./create-server.js";
import { type DecisionLog, openDecisionLog } from "./decision-log.js";
import { startMaintenance } from "./maintenance.js";
import { metricsServer } from "./metrics-server.js";
import { openKeys, openPolicies, readTls } from "./open-files.js";
import { openStores, type Stores } from "./open-stores.js";
import { closeInterrupted } from "./recovery.js";
import type { GatewaySettings } from "./settings.js";
import { watchKillSwitch } from "./watch-kill-switch.js";

/** A gateway that listens. Dispose of it to stop it: what runs may end within the grace, then it is stopped. */
export interface RunningGateway extends AsyncDisposable {
  readonly url: string;
  /** Null where metrics are served nowhere. */
  readonly metricsUrl: string | null;
  /** Executions that an earlier process had left open, closed as `interrupted`. */
  readonly interrupted: readonly string[];
  /** Takes keys and policies from their files again; where that fails, those in force stay. */
  reload(): Promise<Result<null, readonly Problem[]>>;
}

/** What the program that starts a gateway hands in. */
export type GatewayWorld = {
  /** What paths in the settings are relative to. */
  readonly root: string;
  readonly executor: StoppingExecutor;
  readonly logger: Logger;
  readonly clock?: Clock;
  readonly random?: Random;
};

/**
 * Starts a gateway, whole or not at all.
 *
 * @returns on failure why: keys, policies, a store, an address that is taken
 */
export async function startGateway(
  settings: GatewaySettings,
  world: GatewayWorld,
): Promise<Result<RunningGateway, readonly Problem[]>> {
  const { root, logger, clock = systemClock, random = systemRandom } = world;
  const keys = await openKeys(settings, root, clock);
  if (!keys.ok) return keys;
  const policies = await openPolicies(settings, root);
  if (!policies.ok) return policies;
  const tls = await readTls(settings, root);
  if (!tls.ok) return tls;
  const writer = `gateway-${Buffer.from(random.bytes(12)).toString("hex")}`;
  const opened = await openStores(settings, resolve(root, settings.data), { writer, clock });
  if (!opened.ok) return opened;
  const stores = opened.value;
  const fast = settings.redisUrl === null ? createMemoryRefusal(clock) : await openRedisRefusal(settings.redisUrl);
  let decisionLog: DecisionLog | null = null;
  try {
    // A volume is empty at first. Others may enter, for commands may run as somebody else.
    await mkdir(resolve(root, settings.workspace), { recursive: true, mode: 0o755 });
    // A database that is away now is asked again later: nothing runs meanwhile, so nothing is left unclosed by us.
    const interrupted = await closeInterrupted(stores, stores.ledger).catch(later(logger));
    await recordLoads(stores, policies.value, keys.value.current());
    if (settings.decisionLog !== null) decisionLog = openDecisionLog(resolve(root, settings.decisionLog));
    const logged = withDecisionLog(policies.value, decisionLog, clock);
    const parts = assemble(settings, { ...world, clock, random }, keys.value.current, logged, stores, fast);
    const watching = watchKillSwitch(parts, world.executor);
    const maintenance = startMaintenance(settings.audit, root, parts, stores, keys.value.current);
    const server = await createServer(parts, tls.value ?? undefined);
    const url = await listen(server, settings.listen);
    const metrics = settings.metrics === null ? null : metricsServer(parts);
    const metricsUrl = metrics === null || settings.metrics === null ? null : await listen(metrics, settings.metrics);
    return ok({
      url,
      metricsUrl: metricsUrl === null ? null : `${metricsUrl}/metrics`,
      interrupted,
      reload: async () => {
        const again = [await keys.value.reload(), await policies.value.reload()];
        await recordLoads(stores, policies.value, keys.value.current());
        const problems = again.flatMap((one) => (one.ok ? [] : one.error));
        return problems.length === 0 ? ok(null) : err(problems);
      },
      [Symbol.asyncDispose]: async () => {
        await stop(server, world.executor, settings.graceS);
        watching[Symbol.dispose]();
        await maintenance[Symbol.asyncDispose]();
        await metrics?.close();
        await fast[Symbol.asyncDispose]();
        await stores[Symbol.asyncDispose]();
        decisionLog?.[Symbol.dispose]();
      },
    });
  } catch (error) {
    decisionLog?.[Symbol.dispose]();
    await fast[Symbol.asyncDispose]();
    await stores[Symbol.asyncDispose]();
    const message = `the gateway cannot start: ${error instanceof Error ? error.message : String(error)}`;
    return err([{ code: "config/invalid", message }]);
  }
}

/** The policies in force, each decision appended to the log that is configured. */
function withDecisionLog(policies: PolicySource, log: DecisionLog | null, clock: Clock): PolicySource {
  if (log === null) return policies;
  return { current: () => loggedPolicy(policies.current(), (line) => log.append(line), clock) };
}

/** Says that something could not be done yet. */
function later(logger: Logger): (error: unknown) => readonly string[] {
  return (error) => {
    logger.warn({ err: error }, "a store is away; what was interrupted is closed once it is back");
    return [];
  };
}

async function listen(
  server: FastifyInstance,
  where: { readonly host: string; readonly port: number },
): Promise<string> {
  return server.listen({ host: where.host, port: where.port });
}

/**
 * Which rules and keys decide from now on is in the log, before anything is decided by them. All of it shares one sync: a store
 * writes in the order in which it is asked.
 */
async function recordLoads({ audit }: Stores, policies: Pick<PolicyHost, "current">, { keys }: KeySet): Promise<void> {
  const { sha256 } = policies.current();
  const loads: Entry[] = [{ kind: "load", subject_kind: "bundle", name: "policies", sha256 }];
  for (const { kid, verifyKey } of keys) {
    // Of a secret nothing is recorded but that it is there: a hash of it could be tried against.
    const bytes = verifyKey.type === "public" ? verifyKey.export({ type: "spki", format: "der" }) : Buffer.from(kid);
    loads.push({ kind: "load", subject_kind: "key", name: kid, sha256: hash("sha256", bytes, "hex") });
  }
  await Promise.all(loads.map((load) => audit.append(load)));
}

/** Takes no more requests, lets what runs end within the grace, then ends it; each end is recorded. */
async function stop(server: FastifyInstance, executor: Executor, graceS: number): Promise<void> {
  const late = setTimeout(() => executor.stopAll(), graceS * 1000);
  await server.close();
  clearTimeout(late);
}
