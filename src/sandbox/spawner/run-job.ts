/** Starts one process of a job, streams what it writes, ends it at its limits, and tells how it ended. */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, fstatSync, openSync, readSync, unlinkSync, writeSync } from "node:fs";
import { join } from "node:path";
import { ControlGroup, type GroupPlaces } from "./control-group.js";
import type { Cause, Ended, Job } from "./job.js";

/** What runs jobs. */
export type JobWorld = {
  readonly groups: GroupPlaces;
  /** A folder of our own for files that have no name after a moment. */
  readonly scratch: string;
};

/** Told of what happens. */
export type JobEvents = {
  output(stream: "stdout" | "stderr", chunk: Buffer): void;
  ended(ended: Ended): void;
};

/** A job under way. */
export type RunningJob = {
  end(cause: Cause): void;
  pause(): void;
  resume(): void;
};

/** How often a group that is not empty yet is tried again, in milliseconds, and how often at most. */
const emptyEveryMs = 2;
const emptyTries = 1000;

/** The longest time between two looks at how much CPU time was used, in milliseconds. */
const cpuLookMs = 500;

/** Only the end of what bubblewrap has to say. */
const failureBytes = 2000;

let numbers = 0;

/** Starts a job. What cannot be started ends at once, with the reason in `failure`. */
export function startJob(job: Job, blobs: readonly Buffer[], world: JobWorld, events: JobEvents): RunningJob {
  const opened: number[] = [];
  try {
    return begin(job, blobs, world, events, opened);
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error);
    events.ended({ ...notStarted, failure });
    return { end: () => undefined, pause: () => undefined, resume: () => undefined };
  } finally {
    for (const descriptor of opened) closeSync(descriptor);
  }
}

const notStarted: Ended = {
  cause: null,
  exitCode: null,
  signal: null,
  durationMs: 0,
  cpuMs: null,
  memoryPeakBytes: null,
  report: null,
  failure: "",
};

function begin(job: Job, blobs: readonly Buffer[], world: JobWorld, events: JobEvents, opened: number[]): RunningJob {
  const { report, stdio, piped, stdin } = openDescriptors(job, blobs, world.scratch, opened);
  const group = new ControlGroup(world.groups, `run-${++numbers}`, job.group);
  const startedMs = performance.now();
  const child = startProcess(job, stdio);
  let cause: Cause | null = null;
  let failure = "";
  let left = job.outputBytes;
  const end = (why: Cause) => {
    cause ??= why;
    child.kill("SIGKILL");
    group.kill();
  };
  const wall = setTimeout(() => end("timeout"), job.wallMs);
  const stopCpu = watchCpu(
    job.cpuMs,
    () => group.cpuMs(),
    () => end("cpu"),
  );
  const keep = (stream: "stdout" | "stderr") => (chunk: Buffer) => {
    if (stream === "stderr" && report !== null && fstatSync(report).size === 0) {
      // Nothing that runs inside has said this: it is bubblewrap, about paths of this machine.
      failure = (failure + chunk.toString("utf8")).slice(-failureBytes);
      return;
    }
    if (left > 0) events.output(stream, chunk.subarray(0, left));
    if (chunk.length > left) end("output_limit");
    left = Math.max(0, left - chunk.length);
  };
  child.stdout?.on("data", keep("stdout"));
  child.stderr?.on("data", keep("stderr"));
  child.on("error", (error) => {
    failure = error.message;
    if (child.pid === undefined) finish(null, null);
  });
  child.on("close", (code, signal) => {
    if (child.pid !== undefined) finish(code, signal);
  });
  const finish = (exitCode: number | null, signal: string | null) => {
    clearTimeout(wall);
    stopCpu();
    const durationMs = performance.now() - startedMs;
    const told = report === null ? null : contentOf(report);
    if (report !== null) closeSync(report);
    emptied(group, (cpuMs, memoryPeakBytes) => {
      events.ended({ cause, exitCode, signal, durationMs, cpuMs, memoryPeakBytes, report: told, failure });
    });
  };
  if (child.pid === undefined) return { end, pause: () => undefined, resume: () => undefined };
  try {
    // Its arguments come through a pipe that is fed only after this, so nothing that it starts is outside of the group.
    group.enter(child.pid);
    feed(child, piped, stdin);
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error);
    child.kill("SIGKILL");
  }
  return {
    end,
    pause: () => {
      for (const stream of outputs(child)) stream.pause();
    },
    resume: () => {
      for (const stream of outputs(child)) stream.resume();
    },
  };
}

function outputs(child: ChildProcess) {
  return [child.stdout, child.stderr].filter((stream) => stream !== null);
}

/**
 * Without a shell, and with nothing inherited but what is listed.
 *
 * @requirement EXE-14
 */
function startProcess(job: Job, stdio: readonly (number | "pipe" | "ignore")[]): ChildProcess {
  return spawn(job.file, [...job.args], {
    argv0: job.argv0,
    cwd: job.cwd,
    env: { ...job.env },
    stdio: [...stdio],
    ...(job.user === null ? {} : job.user),
  });
}

type Opened = {
  readonly stdio: readonly (number | "pipe" | "ignore")[];
  readonly report: number | null;
  readonly piped: readonly { readonly index: number; readonly bytes: Buffer }[];
  readonly stdin: Buffer | null;
};

function openDescriptors(job: Job, blobs: readonly Buffer[], scratch: string, opened: number[]): Opened {
  const stdio: (number | "pipe" | "ignore")[] = [job.stdinBytes === null ? "ignore" : "pipe", "pipe", "pipe"];
  const piped: { index: number; bytes: Buffer }[] = [];
  let report: number | null = null;
  let next = 0;
  for (const descriptor of job.descriptors) {
    if (descriptor.kind === "pipe") {
      piped.push({ index: stdio.length, bytes: blobs[next++] ?? Buffer.alloc(0) });
      stdio.push("pipe");
      continue;
    }
    const bytes = descriptor.kind === "bytes" ? blobs[next++] : undefined;
    const number = openNameless(scratch);
    // At a position, so that whoever inherits it reads from the start.
    if (bytes !== undefined) writeSync(number, bytes, 0, bytes.length, 0);
    stdio.push(number);
    // The report is read after the end, so it outlives the start.
    if (descriptor.kind === "report") report = number;
    else opened.push(number);
  }
  return { stdio, report, piped, stdin: job.stdinBytes === null ? null : (blobs[next] ?? Buffer.alloc(0)) };
}

function openNameless(scratch: string): number {
  const name = join(scratch, `${process.pid}-${++numbers}`);
  const file = openSync(name, "wx+", 0o600);
  unlinkSync(name);
  return file;
}

function feed(child: ChildProcess, piped: Opened["piped"], stdin: Buffer | null): void {
  for (const { index, bytes } of piped) {
    const pipe = child.stdio[index];
    if (pipe === null || pipe === undefined || !("end" in pipe)) continue;
    pipe.on("error", () => undefined);
    pipe.end(bytes);
  }
  // A program may end without reading what it is given.
  child.stdin?.on("error", () => undefined);
  child.stdin?.end(stdin ?? undefined);
}

/**
 * Ends what uses more CPU time than it may, all its processes together: a limit of the kernel's counts each for itself.
 * It cannot use more than all processors for all of the time, so there are few looks.
 */
function watchCpu(limitMs: number, usedMs: () => number | null, end: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const look = () => {
    const used = usedMs();
    if (used === null) return;
    if (used > limitMs) end();
    else timer = setTimeout(look, Math.min(cpuLookMs, Math.max(5, (limitMs - used) / 2)));
  };
  timer = setTimeout(look, Math.min(cpuLookMs, limitMs));
  return () => clearTimeout(timer);
}

/** Waits until nothing lives in the group, and removes it. What is left after the command is ended. */
function emptied(group: ControlGroup, done: (cpuMs: number | null, memoryPeakBytes: number | null) => void): void {
  const [cpuMs, memoryPeakBytes] = [group.cpuMs(), group.memoryPeakBytes()];
  let tries = 0;
  const attempt = () => {
    if (group.remove() || ++tries > emptyTries) return done(cpuMs, memoryPeakBytes);
    group.kill();
    setTimeout(attempt, emptyEveryMs);
  };
  attempt();
}

function contentOf(file: number): string {
  const bytes = Buffer.alloc(512);
  return bytes.toString("base64", 0, readSync(file, bytes, 0, bytes.length, 0));
}
