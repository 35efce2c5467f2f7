import { type ChildProcess, spawn } from "node:child_process";
import type { Execution, Executor, Exit, OutputSink, Stream } from "../gate/index.js";
import { noIsolation } from "../model/index.js";

/** How long pipes may stay open after the program itself has ended, in milliseconds. */
const drainMs = 200;

/** How to end what runs now when we are told to stop: in groups of their own, they do not hear it themselves. */
const running = new Set<() => void>();

/**
 * Runs programs as plain child processes: the absolute path, the argv as it was decided upon, exactly the given
 * environment, a process group of its own that is killed at the end, a wall-clock and an output limit. It isolates
 * nothing and says so; limits on CPU, memory, disk, processes and files are not held by it.
 */
export const plainExecutor: Executor = {
  isolation: () => noIsolation,
  run: (execution, sink) => {
    if (process.platform !== "linux") return Promise.reject(new Error("execution needs Linux"));
    return runPlain(execution, sink);
  },
  stopAll: () => {
    for (const stop of running) stop();
    return running.size;
  },
};

/** A group of its own, so that all of it can be killed; nothing of ours is inherited but three pipes. */
const childOptions = { detached: true, stdio: "pipe" } as const;

/**
 * Starts what was decided upon, without a shell: the path is what runs, the argv is what it is given.
 *
 * @requirement EXE-14
 */
function start({ path, argv: [name = path, ...args], cwd, env }: Execution) {
  return spawn(path, args, { ...childOptions, argv0: name, cwd, env: { ...env } });
}

function runPlain(execution: Execution, sink: OutputSink): Promise<Exit> {
  const { stdin, limits } = execution;
  return new Promise((resolve) => {
    const startedMs = performance.now();
    const keep = boundedOutput(limits.output_bytes, sink, () => end("output_limit"));
    let cause: "timeout" | "output_limit" | "stopped" | undefined;
    const child = start(execution);
    const end = (why: "timeout" | "output_limit" | "stopped") => {
      cause ??= why;
      killGroup(child);
    };
    const stop = () => end("stopped");
    running.add(stop);
    const timer = setTimeout(() => end("timeout"), limits.wall_ms);
    child.on("error", () => finish("not_started", null, null));
    child.on("exit", () => {
      // What the program left running dies with it; a pipe that something still holds is not waited for.
      killGroup(child);
      setTimeout(() => {
        child.stdout.destroy();
        child.stderr.destroy();
      }, drainMs).unref();
    });
    child.on("close", (code, signal) => finish(cause ?? (signal === null ? "exited" : "signalled"), code, signal));
    child.stdout.on("data", keep("stdout"));
    child.stderr.on("data", keep("stderr"));
    // A program may end without reading what it is given.
    child.stdin.on("error", () => undefined);
    child.stdin.end(stdin ?? undefined);

    const finish = (outcome: Exit["outcome"], exitCode: number | null, signal: string | null) => {
      clearTimeout(timer);
      running.delete(stop);
      const durationMs = performance.now() - startedMs;
      resolve({ outcome, exitCode, signal, durationMs, cpuMs: null, memoryPeakBytes: null });
    };
  });
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // The group has gone already, which is what is wanted.
  }
}

/** Passes on what both streams write until they have written `limit` bytes together, then calls `overflow` once. */
function boundedOutput(limit: number, sink: OutputSink, overflow: () => void) {
  let left = limit;
  return (stream: Stream) => (chunk: Buffer) => {
    if (left > 0) sink(stream, chunk.subarray(0, left));
    if (chunk.length > left) overflow();
    left = Math.max(0, left - chunk.length);
  };
}
