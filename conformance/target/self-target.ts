import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createSandbox,
  newKey,
  ok,
  openGatewayRoom,
  type Problem,
  privateJwks,
  type Result,
  type StoppingExecutor,
  systemClock,
  systemRandom,
} from "../../src/index.js";
import { signKeyOf } from "./compact-token.js";
import { openTarget } from "./open-target.js";
import type { Target } from "./target.js";
import type { TargetConfig } from "./target-config.js";

/** A gateway that the harness started, in a folder and with keys of its own, and how to ask it. */
export interface SelfTarget extends AsyncDisposable {
  readonly target: Target;
}

/** The product's own gateway as a target: everything that can be asked is. */
export const selfConfig: TargetConfig = {
  schema: "lockkeeper/target/v1",
  title: "this gateway",
  features: ["approvals", "executions", "decisions", "metrics", "idempotency", "events", "arguments"],
  approvals: { by: "protocol" },
  commands: {
    allowed: { command: "echo test", output: "test" },
    other: "date",
    failing: { command: "ls nothing-here", exit_code: 2, stderr: "nothing-here" },
    forbidden: [
      { command: "touch workspace-marker", leaves: "workspace/workspace-marker" },
      { command: "rm kept", removes: "workspace/kept" },
      { command: ["sh", "-c", "echo ran > workspace-marker"], leaves: "workspace/workspace-marker" },
      { command: ["find", ".", "-name", "kept", "-delete"], removes: "workspace/kept" },
      { command: ["sed", "-n", "w workspace-marker", "kept"], leaves: "workspace/workspace-marker" },
      { command: ["sort", "-o", "workspace-marker", "kept"], leaves: "workspace/workspace-marker" },
      { command: ["env", "touch", "workspace-marker"], leaves: "workspace/workspace-marker" },
      { command: ["/bin/../bin/echo", "test"] },
      { command: ["cat", "/etc/shadow"] },
      { command: ["cat", "../../../../../../etc/passwd"] },
      { command: ["git", "-c", "core.pager=touch workspace-marker", "log"], leaves: "workspace/workspace-marker" },
    ],
  },
};

/**
 * Starts the product's gateway on a port of its own, with the policies it ships and the sandbox that is here, and counts
 * what it executes.
 *
 * @param executor - in place of the sandbox that is here
 * @returns on failure why it does not start
 */
export async function startSelf(executor?: StoppingExecutor): Promise<Result<SelfTarget, readonly Problem[]>> {
  await using cleanup = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "lockkeeper-target-"));
  cleanup.defer(() => rm(folder, { recursive: true, force: true }));
  await makeWorkspace(folder);
  const runner = executor ?? cleanup.use(await createSandbox());
  let executions = 0;
  const counted: StoppingExecutor = {
    isolation: () => runner.isolation(),
    stop: (executionId) => runner.stop(executionId),
    stopAll: () => runner.stopAll(),
    run: (execution, sink) => {
      executions += 1;
      return runner.run(execution, sink);
    },
  };
  const { createLogger, readSettings, startGateway } = await openGatewayRoom();
  const keys = (["capability", "bearer"] as const).map((purpose) =>
    newKey("EdDSA", purpose, systemClock.nowMs(), systemRandom),
  );
  const jwks = privateJwks({ keys });
  const environment = { LOCKKEEPER_PORT: "0", LOCKKEEPER_KEYS_JSON: JSON.stringify(jwks) };
  const settings = readSettings("", "lockkeeper.yaml", environment);
  if (!settings.ok) return settings;
  const metrics = settings.value.metrics === null ? null : { ...settings.value.metrics, port: 0 };
  const world = { root: folder, executor: counted, logger: createLogger("silent", () => undefined) };
  const started = await startGateway({ ...settings.value, metrics }, world);
  if (!started.ok) return started;
  const gateway = cleanup.use(started.value);
  const metricsUrl = gateway.metricsUrl === null ? {} : { metrics_url: metricsAddress(gateway.metricsUrl) };
  const opened = openTarget({
    url: gateway.url,
    config: { ...selfConfig, ...metricsUrl },
    root: folder,
    keys: jwks.keys.map(signKeyOf).filter((key) => key !== undefined),
    tally: () => executions,
  });
  if (!opened.ok) return opened;
  const owned = cleanup.move();
  return ok({ target: opened.value, [Symbol.asyncDispose]: () => owned.disposeAsync() });
}

/** Commands run as somebody else, who has to get to their workspace. */
async function makeWorkspace(folder: string): Promise<void> {
  await mkdir(join(folder, "workspace"), { mode: 0o755 });
  await writeFile(join(folder, "workspace", "kept"), "it stays\n");
  await chmod(folder, 0o711);
}

function metricsAddress(url: string): string {
  return url.endsWith("/metrics") ? url : new URL("/metrics", url).href;
}
