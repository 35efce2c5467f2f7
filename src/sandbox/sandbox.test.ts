import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Executor } from "../gate/index.js";
import { createSandbox } from "./create-sandbox.js";
import type { Sandbox } from "./sandbox.js";

let sandbox: Sandbox;
let workspace: string;
beforeAll(async () => {
  workspace = mkdtempSync(join(tmpdir(), "lockkeeper-work-"));
  chmodSync(workspace, 0o755);
  sandbox = await createSandbox();
});
afterAll(async () => {
  await sandbox[Symbol.asyncDispose]();
  rmSync(workspace, { recursive: true });
});

describe("the sandbox", () => {
  it("is an executor of the gate", async () => {
    const executor: Executor = sandbox;
    const written: string[] = [];
    const exit = await executor.run(
      {
        executionId: "execution-1",
        path: "/usr/bin/echo",
        argv: ["echo", "test"],
        cwd: workspace,
        workspace,
        env: {},
        stdin: null,
        limits: {
          wall_ms: 20_000,
          cpu_ms: 5000,
          memory_bytes: 1e8,
          output_bytes: 1000,
          disk_bytes: 1e6,
          processes: 8,
          open_files: 32,
        },
        isolation: { profile: null, requires: [] },
      },
      (stream, chunk) => written.push(`${stream}:${Buffer.from(chunk).toString("utf8")}`),
    );
    expect(exit).toMatchObject({ outcome: "exited", exitCode: 0, signal: null });
    expect(written.join("")).toBe("stdout:test\n");
  });
});
