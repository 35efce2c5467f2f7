import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Stream } from "../gate/index.js";
import { plainExecutor } from "./exec-file.js";

const limits = {
  wall_ms: 5000,
  cpu_ms: 5000,
  memory_bytes: 1e9,
  output_bytes: 100_000,
  disk_bytes: 1e9,
  processes: 100,
  open_files: 100,
};
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("utf8");
const isolation = { profile: "open", requires: [] };
const run = async (path: string, argv: readonly string[], over: object = {}) => {
  const written: Record<Stream, Uint8Array[]> = { stdout: [], stderr: [] };
  const asked = { executionId: "execution-1", path, argv, cwd: "/", workspace: "/", env: {}, stdin: null };
  const exit = await plainExecutor.run({ ...asked, limits, isolation, ...over }, (stream, chunk) => {
    written[stream].push(chunk);
  });
  return { ...exit, stdout: Buffer.concat(written.stdout), stderr: Buffer.concat(written.stderr) };
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lockkeeper-exec-"));
});
afterEach(() => rm(folder, { recursive: true }));

// @requirement EXE-14
describe("what was decided is what runs", () => {
  it("gives the argv byte for byte, without a shell", async () => {
    const argv = ["printf", "[%s]", "$(id)", "a b", "*", "'", "", "größe"];
    const end = await run("/usr/bin/printf", argv);
    expect(text(end.stdout)).toBe("[$(id)][a b][*]['][][größe]");
    expect(end).toMatchObject({ outcome: "exited", exitCode: 0, signal: null });
  });

  it("gives the program's name as it was spelt, and nothing of this process's environment", async () => {
    const named = await run("/bin/sh", ["some-name", "-c", 'printf "%s" "$0"']);
    expect(text(named.stdout)).toBe("some-name");
    const env = await run("/usr/bin/env", ["env"], { env: { ONLY: "this" } });
    expect(text(env.stdout)).toBe("ONLY=this\n");
  });

  it("gives exactly the bytes for standard input, or none", async () => {
    expect(text((await run("/bin/cat", ["cat"], { stdin: Buffer.from("a\0b") })).stdout)).toBe("a\0b");
    expect(text((await run("/bin/cat", ["cat"])).stdout)).toBe("");
  });
});

describe("how it ends", () => {
  it("keeps exit code and standard error", async () => {
    const end = await run("/bin/sh", ["sh", "-c", "echo no >&2; exit 3"]);
    expect(end).toMatchObject({ outcome: "exited", exitCode: 3 });
    expect(text(end.stderr)).toBe("no\n");
  });

  it("says that a program could not be started", async () => {
    expect(await run("/nowhere/at/all", ["x"])).toMatchObject({ outcome: "not_started", exitCode: null });
    expect(await run("/bin/true", ["true"], { cwd: "/nowhere" })).toMatchObject({ outcome: "not_started" });
  });

  it("kills at the wall-clock limit, with everything it started", async () => {
    const marker = join(folder, "survivor");
    const script = `(sleep 5; echo x > ${marker}) & trap '' TERM; sleep 60`;
    const end = await run("/bin/sh", ["sh", "-c", script], { limits: { ...limits, wall_ms: 200 } });
    expect(end).toMatchObject({ outcome: "timeout", signal: "SIGKILL" });
    expect(end.durationMs).toBeLessThan(5000);
    await new Promise((resolve) => setTimeout(resolve, 5500));
    await expect(readFile(marker)).rejects.toThrow("ENOENT");
  });

  it("does not wait for a child that outlives it and holds the pipe", async () => {
    const end = await run("/bin/sh", ["sh", "-c", "sleep 30 & echo done"]);
    expect(end).toMatchObject({ outcome: "exited", exitCode: 0 });
    expect(text(end.stdout)).toBe("done\n");
    expect(end.durationMs).toBeLessThan(30_000);
  });

  it("stops at the output limit and keeps exactly that many bytes", async () => {
    const end = await run("/bin/sh", ["sh", "-c", "while :; do echo 0123456789; done"]);
    expect(end.outcome).toBe("output_limit");
    expect(end.stdout.length + end.stderr.length).toBe(100_000);
  });

  it("is stopped with everything that runs", async () => {
    const runs = [run("/bin/sleep", ["sleep", "60"]), run("/bin/sleep", ["sleep", "60"])];
    expect(plainExecutor.stopAll()).toBe(2);
    expect(await Promise.all(runs)).toMatchObject([{ outcome: "stopped" }, { outcome: "stopped" }]);
    expect(plainExecutor.stopAll()).toBe(0);
  });
});
