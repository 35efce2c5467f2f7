import { createLogger, startGateway } from "../../gateway/index.js";
import { formatProblem } from "../../model/index.js";
import { createSandbox } from "../../sandbox/index.js";
import type { ConfigFlags } from "../serve.js";
import { CommandFailure, type Terminal } from "../terminal.js";
import { gatewayConfig } from "./gateway-config.js";

/** Runs the gateway until a signal ends it. */
export async function runGateway(flags: ConfigFlags, terminal: Terminal): Promise<number> {
  const { settings, root } = await gatewayConfig(flags.config);
  const logger = createLogger(settings.logLevel, (line) => process.stdout.write(line));
  const { uid, gid, writableProfiles } = settings.sandbox;
  const onFailure = (executionId: string, why: string) =>
    logger.error({ execution_id: executionId, why }, "not started");
  const writable = ({ profile }: { readonly profile?: string }) =>
    profile !== undefined && writableProfiles.includes(profile);
  await using sandbox = await createSandbox({ user: { uid, gid }, onFailure, writable });
  const started = await startGateway(settings, { root, executor: sandbox, logger });
  if (!started.ok) throw new CommandFailure(started.error);
  const gateway = started.value;
  const missing = Object.entries(sandbox.isolation()).flatMap(([kind, holds]) => (holds ? [] : [kind]));
  logger.info({ url: gateway.url, metrics: gateway.metricsUrl, isolation_missing: missing }, "listening");
  if (gateway.interrupted.length > 0) logger.warn({ executions: gateway.interrupted }, "closed as interrupted");
  const onHangUp = async () => {
    const reloaded = await gateway.reload();
    if (reloaded.ok) logger.info("keys and policies taken again");
    else for (const problem of reloaded.error) logger.error({ code: problem.code }, formatProblem(problem));
  };
  process.on("SIGHUP", onHangUp);
  const signal = await ended();
  process.off("SIGHUP", onHangUp);
  logger.info({ signal }, "stopping");
  await gateway[Symbol.asyncDispose]();
  terminal.progress("");
  return 0;
}

/** Waits for a signal that ends the process; a second one ends it at once. */
function ended(): Promise<NodeJS.Signals> {
  return new Promise((done) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.once(signal, () => {
        done(signal);
        process.once(signal, () => process.exit(1));
      });
    }
  });
}
