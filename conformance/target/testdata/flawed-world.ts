import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openTarget, type Target, type TargetConfig } from "../index.js";
import { startFlawedGateway } from "./flawed-gateway.js";

/** What the small gateway can be asked. */
export const flawedConfig: TargetConfig = {
  schema: "lockkeeper/target/v1",
  features: ["approvals", "executions", "decisions", "metrics", "idempotency", "arguments"],
  approvals: { by: "protocol" },
  commands: {
    allowed: { command: "echo test", output: "test" },
    other: "date",
    failing: { command: "ls nothing-here", exit_code: 2, stderr: "nothing-here" },
    witness: { command: "touch marker", leaves: "marker" },
    forbidden: [
      { command: "touch forbidden-marker", leaves: "forbidden-marker" },
      { command: "rm kept", removes: "kept" },
    ],
  },
};

/** A small gateway with flaws, and how to ask it. */
export interface FlawedWorld extends AsyncDisposable {
  readonly target: Target;
  readonly url: string;
  readonly folder: string;
  /** A target config with its key file, as somebody would write them. */
  readonly configFile: string;
}

export async function flawedWorld(flaws: readonly string[] = []): Promise<FlawedWorld> {
  const folder = mkdtempSync(join(tmpdir(), "lockkeeper-flawed-"));
  writeFileSync(join(folder, "kept"), "it stays\n");
  const gateway = await startFlawedGateway(folder, new Set(flaws));
  const opened = openTarget({ url: gateway.url, config: flawedConfig, root: folder, keys: gateway.keys });
  const jwks = { keys: gateway.keys.map(({ key, alg, purpose }) => ({ ...key.export({ format: "jwk" }), alg, purpose })) };
  writeFileSync(join(folder, "keys.json"), JSON.stringify(jwks));
  const configFile = join(folder, "target.yaml");
  writeFileSync(configFile, JSON.stringify({ ...flawedConfig, keys: "keys.json" }));
  if (!opened.ok) throw new Error(JSON.stringify(opened.error));
  return {
    target: opened.value,
    url: gateway.url,
    folder,
    configFile,
    [Symbol.asyncDispose]: async () => {
      await gateway[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
