/**
 * One gateway with a clock around what it runs: `gateway-worker.ts FOLDER HEAP_MB`, from the built files. Told by messages to
 * run the same command with no gateway around it, or to say how long each child lived.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Execution } from "../src/gate/index.js";
import type { createLogger, readSettings, startGateway } from "../src/gateway/index.js";
import type { createSandbox } from "../src/index.js";

type BuiltGateway = {
  readonly createLogger: typeof createLogger;
  readonly readSettings: typeof readSettings;
  readonly startGateway: typeof startGateway;
};
type BuiltSandbox = { readonly createSandbox: typeof createSandbox };

const built = (file: string) => new URL(`../dist/src/${file}`, import.meta.url).href;
const gatewayRoom: BuiltGateway = await import(built("gateway/index.js"));
const sandboxRoom: BuiltSandbox = await import(built("sandbox/index.js"));

const [folder = "", heapMb = "0"] = process.argv.slice(2);
/** What makes collecting garbage slow: many small objects that stay. */
const ballast = Array.from({ length: Number(heapMb) * 8000 }, (_, n) => ({ n, name: `object ${n}`, list: [n] }));

const sandbox = await sandboxRoom.createSandbox({ user: { uid: 65_533, gid: 65_533 } });
const lived: (readonly [id: string, ms: number])[] = [];
let last: Execution | undefined;
const executor: Parameters<typeof startGateway>[1]["executor"] = {
  isolation: () => sandbox.isolation(),
  stop: (executionId) => sandbox.stop(executionId),
  stopAll: () => sandbox.stopAll(),
  run: async (execution, sink) => {
    last = execution;
    const startedMs = performance.now();
    const exit = await sandbox.run(execution, sink);
    lived.push([execution.executionId, performance.now() - startedMs]);
    return exit;
  },
};
const settings = gatewayRoom.readSettings(readFileSync(join(folder, "lockkeeper.yaml"), "utf8"), "lockkeeper.yaml", {
  LOCKKEEPER_PORT: "0",
});
if (!settings.ok) throw new Error(JSON.stringify(settings.error));
// The log is written, as it is in use, to where it costs no disk.
const logger = gatewayRoom.createLogger("info", (line) => process.stderr.write(line));
const started = await gatewayRoom.startGateway(settings.value, { root: folder, executor, logger });
if (!started.ok) throw new Error(JSON.stringify(started.error));

/** Runs a second that the last command has with no gateway around it. */
async function direct(count: number, inFlight: number): Promise<number> {
  if (last === undefined) throw new Error("nothing has run yet");
  const execution = last;
  let next = 0;
  const startedMs = performance.now();
  const runs = Array.from({ length: inFlight }, async () => {
    while (next < count) {
      next += 1;
      const exit = await sandbox.run({ ...execution, executionId: `direct-${next}` }, () => undefined);
      if (exit.exitCode !== 0) throw new Error(`it ended as ${exit.outcome}`);
    }
  });
  await Promise.all(runs);
  return (count * 1000) / (performance.now() - startedMs);
}

process.on("message", async (message: unknown) => {
  const { kind, count, inFlight } = Object(message);
  if (kind === "direct") process.send?.({ rate: await direct(count, inFlight) });
  if (kind === "lived") process.send?.({ lived: lived.splice(0) });
});
process.send?.({ url: started.value.url, ballast: ballast.length });
// It ends with whoever started it.
process.on("disconnect", () => process.exit());
