/** The spawner's own part, here in this process: elsewhere it runs in a process of its own. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Ended, Job } from "./job.js";
import { type RunningJob, startJob } from "./run-job.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lockkeeper-job-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const groups = { version: 2, memory: null, pids: null, cpu: null, why: "" } as const;
const usual: Job = {
  file: "/bin/sh",
  args: [],
  argv0: "sh",
  cwd: "/",
  env: {},
  ownGroup: true,
  user: null,
  descriptors: [],
  group: { memoryBytes: 1e9, processes: 100 },
  wallMs: 20_000,
  cpuMs: 20_000,
  outputBytes: 100_000,
  stdinBytes: null,
};

/** Runs a job to its end. */
const run = async (over: Partial<Job>, blobs: readonly Buffer[] = [], meanwhile?: (job: RunningJob) => void) => {
  const written = { stdout: "", stderr: "" };
  const ended = await new Promise<Ended>((resolve) => {
    const job = startJob(
      { ...usual, ...over },
      blobs,
      { groups, scratch: folder },
      {
        output: (stream, chunk) => {
          written[stream] += chunk.toString("utf8");
        },
        ended: resolve,
      },
    );
    meanwhile?.(job);
  });
  expect(readdirSync(folder)).toEqual([]);
  return { ...ended, ...written };
};
const sh = (script: string, over: Partial<Job> = {}) => run({ args: ["-c", script], ...over });

// @requirement EXE-14
describe("a job", () => {
  it("starts what it says: file, name, arguments, folder and environment, without a shell", async () => {
    const args = ["[%s]", "$(id)", "a b", "*", "größe"];
    expect(await run({ file: "/usr/bin/printf", argv0: "other", args })).toMatchObject({
      stdout: "[$(id)][a b][*][größe]",
      exitCode: 0,
    });
    expect((await sh('printf %s "$0"', { argv0: "some name" })).stdout).toBe("some name");
    expect((await run({ file: "/usr/bin/env", env: { ONLY: "this" } })).stdout).toBe("ONLY=this\n");
    expect((await run({ file: "/bin/pwd", cwd: folder })).stdout).toBe(`${folder}\n`);
  });

  it.skipIf(process.getuid?.() !== 0)("runs as the user that it says, and without our groups", async () => {
    expect((await sh("id -u; id -g; id -G", { user: { uid: 65533, gid: 65534 } })).stdout).toBe(
      "65533\n65534\n65534\n",
    );
    expect((await sh("id -u")).stdout).toBe("0\n");
  });

  it("has exactly the descriptors that it says, each with its bytes", async () => {
    const descriptors = [
      { kind: "pipe", length: 4 },
      { kind: "report" },
      { kind: "bytes", length: 4 },
      { kind: "bytes", length: 5 },
    ] as const;
    const script = "cat <&3; cat <&5; cat <&6; cat; printf told >&4; ls /proc/self/fd";
    const over = { args: ["-c", script], descriptors, stdinBytes: 2 };
    const blobs = ["pipe", "file", "other", "in"].map((one) => Buffer.from(one));
    const { stdout, report } = await run(over, blobs);
    // This process may have been started with more; the spawner closes what it was started with.
    const [read = "", ...listed] = stdout.split("\n");
    expect(read).toBe("pipefileotherin0");
    expect(listed).toEqual(expect.arrayContaining(["1", "2", "3", "4", "5", "6"]));
    expect(Buffer.from(report ?? "", "base64").toString()).toBe("told");
  });

  it("has nothing to read where it is given nothing", async () => {
    expect((await run({ file: "/bin/cat" })).stdout).toBe("");
  });
});

describe("how a job ends", () => {
  it("is told with exit code or signal", async () => {
    expect(await sh("exit 3")).toMatchObject({ exitCode: 3, signal: null, cause: null, failure: "", report: null });
    expect(await sh("kill -TERM $$")).toMatchObject({ exitCode: null, signal: "SIGTERM", cause: null });
  });

  it("is at once where it cannot start, with the reason", async () => {
    expect(await run({ file: "/nowhere" })).toMatchObject({ exitCode: null, signal: null });
    expect((await run({ file: "/nowhere" })).failure).toContain("ENOENT");
    expect((await run({ args: ["a\0b"] })).failure).toContain("null bytes");
    const notAFolder = startJob(
      usual,
      [],
      { groups, scratch: join(folder, "nowhere") },
      { output: () => undefined, ended: () => undefined },
    );
    notAFolder.end("stopped");
    const refused = await new Promise<Ended>((ended) => {
      const places = { ...groups, pids: join(folder, "nowhere") };
      startJob(usual, [], { groups: places, scratch: folder }, { output: () => undefined, ended });
    });
    expect(refused.failure).toContain("ENOENT");
  });

  it("is by us where its time is over, or somebody stops it; the first reason counts", async () => {
    expect(await sh("trap '' TERM; sleep 60", { wallMs: 100 })).toMatchObject({ cause: "timeout", signal: "SIGKILL" });
    const stopped = await run({ args: ["-c", "sleep 60"] }, [], (job) => {
      job.end("stopped");
      job.end("timeout");
    });
    expect(stopped).toMatchObject({ cause: "stopped", signal: "SIGKILL" });
  });

  it("is by us where it writes too much, with exactly as much as it may", async () => {
    const endless = await sh("while :; do echo 0123456789; echo 0123456789 >&2; done", { outputBytes: 5000 });
    expect(endless.cause).toBe("output_limit");
    expect(endless.stdout.length + endless.stderr.length).toBe(5000);
    expect(await sh("printf 12345", { outputBytes: 5 })).toMatchObject({ cause: null, stdout: "12345" });
    expect(await sh("printf 123456", { outputBytes: 5 })).toMatchObject({ cause: "output_limit", stdout: "12345" });
  });

  it("does not wait for what still holds its output", async () => {
    expect(await sh("sleep 60 & echo done")).toMatchObject({ exitCode: 0, stdout: "done\n" });
  });

  it("keeps what is said before the report begins for logs", async () => {
    const descriptors = [{ kind: "report" }] as const;
    const early = await run({ args: ["-c", "echo early >&2"], descriptors });
    expect(early).toMatchObject({ stderr: "", failure: "early\n", report: "" });
    const late = await run({ args: ["-c", "printf x >&3; echo late >&2"], descriptors });
    expect(late).toMatchObject({ stderr: "late\n", failure: "" });
  });

  it("can be paused, and goes on where it was", async () => {
    const { stdout } = await run({ args: ["-c", "printf 123"] }, [], (job) => {
      job.pause();
      setImmediate(() => job.resume());
    });
    expect(stdout).toBe("123");
  });
});
