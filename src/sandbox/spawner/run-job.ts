/** Starts one process of a job, streams what it writes, ends it at its limits, and tells how it ended. */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, fstatSync } from "node:fs";
import { ControlGroup, type GroupPlaces } from "./control-group.js";
import type { Cause, Ended, Job } from "./job.js";
import { type Opened, openDescriptors, reportOf } from "./open-descriptors.js";

/** What runs jobs. */
export type JobWorld = {
  readonly groups: GroupPlaces;
  /** A folder of our own for files that have no name after a moment. */
  readonly scratch: string;
};

/** Told of what happens. */
export type JobEvents = {
  output(stream: "stdout" | "stderr", chunk: Buffer): void;
  /** The last that is told. */
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

/** The longest that a timer can wait, in milliseconds: about 25 days. */
const longestMs = 2 ** 31 - 1;

/** How long pipes may stay open after the program itself has ended, in milliseconds. */
const drainMs = 200;

/** Only the end of what bubblewrap has to say. */
const failureBytes = 2000;

let numbers = 0;

/** Starts a job; what cannot be started ends at once, with the reason in `failure`. */
export function startJob(job: Job, blobs: readonly Buffer[], world: JobWorld, events: JobEvents): RunningJob {
  let opened: Opened | undefined;
  let group: ControlGroup | undefined;
  try {
    opened = openDescriptors(job, blobs, world.scratch);
    group = new ControlGroup(world.groups, `run-${++numbers}`, job.group);
    return new JobRun(job, opened, group, events);
  } catch (error) {
    group?.remove();
    if (typeof opened?.report === "number") closeSync(opened.report);
    events.ended({ ...notStarted, failure: messageOf(error) });
    return { end: () => undefined, pause: () => undefined, resume: () => undefined };
  } finally {
    for (const descriptor of opened?.lent ?? []) closeSync(descriptor);
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

/** One process, from its start to the end of everything that it started. */
class JobRun implements RunningJob {
  readonly #job: Job;
  readonly #report: number | null;
  readonly #group: ControlGroup;
  readonly #events: JobEvents;
  readonly #child: ChildProcess;
  readonly #startedMs = performance.now();
  readonly #timers: readonly (() => void)[];
  #cause: Cause | null = null;
  #failure = "";
  #left: number;
  #over = false;

  constructor(job: Job, opened: Opened, group: ControlGroup, events: JobEvents) {
    this.#job = job;
    this.#report = opened.report;
    this.#group = group;
    this.#events = events;
    this.#left = job.outputBytes;
    this.#child = startProcess(job, opened.stdio);
    const wall = setTimeout(() => this.end("timeout"), Math.min(job.wallMs, longestMs));
    this.#timers = [() => clearTimeout(wall), watchCpu(job.cpuMs, group, () => this.end("cpu"))];
    this.#listen();
    if (this.#child.pid !== undefined) this.#let(this.#child.pid, opened.feeds);
  }

  end(cause: Cause): void {
    if (this.#over) return;
    this.#cause ??= cause;
    this.#kill();
  }

  pause(): void {
    for (const stream of this.#outputs()) stream.pause();
  }

  resume(): void {
    for (const stream of this.#outputs()) stream.resume();
  }

  #listen(): void {
    const child = this.#child;
    child.stdout?.on("data", (chunk: Buffer) => this.#keep("stdout", chunk));
    child.stderr?.on("data", (chunk: Buffer) => this.#keep("stderr", chunk));
    child.on("error", (error) => {
      this.#failure = error.message;
      if (child.pid === undefined) this.#finish(null, null);
    });
    child.on("exit", () => {
      if (!this.#job.ownGroup) return;
      // What it left running dies with it; a pipe that something still holds is not waited for.
      this.#kill();
      setTimeout(() => this.#release(), drainMs).unref();
    });
    child.on("close", (code, signal) => {
      if (child.pid !== undefined) this.#finish(code, signal);
    });
  }

  /** It waits for a pipe, which is fed only once it is in its group: nothing that it starts is outside of it. */
  #let(pid: number, feeds: ReadonlyMap<number, Buffer>): void {
    try {
      this.#group.enter(pid);
      for (const [descriptor, bytes] of feeds) feed(this.#child.stdio[descriptor], bytes);
    } catch (error) {
      this.#failure = messageOf(error);
      this.#kill();
    }
  }

  /** Passes on what both streams write until they have written as much as they may. */
  #keep(stream: "stdout" | "stderr", chunk: Buffer): void {
    if (stream === "stderr" && !this.#hasBegun()) {
      // Nothing that runs inside has said this: it is bubblewrap, about paths of this machine.
      this.#failure = (this.#failure + chunk.toString("utf8")).slice(-failureBytes);
      return;
    }
    if (this.#left > 0) this.#events.output(stream, chunk.subarray(0, this.#left));
    if (chunk.length > this.#left) this.end("output_limit");
    this.#left = Math.max(0, this.#left - chunk.length);
  }

  #kill(): void {
    if (!this.#hasBegun()) this.#release();
    signal(this.#child.pid, this.#job.ownGroup);
    this.#group.kill();
  }

  /** Lets go of what it writes to, by which the first process notices that nobody wants it any longer. */
  #release(): void {
    for (const stream of this.#outputs()) stream.destroy();
  }

  /** Whether anything but bubblewrap itself has run. */
  #hasBegun(): boolean {
    return this.#over || this.#report === null || fstatSync(this.#report).size > 0;
  }

  #outputs() {
    return [this.#child.stdout, this.#child.stderr].filter((stream) => stream !== null);
  }

  #finish(exitCode: number | null, signal: string | null): void {
    this.#over = true;
    for (const stop of this.#timers) stop();
    const durationMs = performance.now() - this.#startedMs;
    const report = this.#report === null ? null : reportOf(this.#report);
    if (this.#report !== null) closeSync(this.#report);
    const [cause, failure] = [this.#cause, this.#failure];
    const [cpuMs, memoryPeakBytes] = [this.#group.cpuMs(), this.#group.memoryPeakBytes()];
    whenEmpty(this.#group, () => {
      this.#events.ended({ cause, exitCode, signal, durationMs, cpuMs, memoryPeakBytes, report, failure });
    });
  }
}

/**
 * Without a shell, and with nothing inherited but what is listed.
 */
function startProcess(job: Job, stdio: Opened["stdio"]): ChildProcess {
  return spawn(job.file, [...job.args], {
    argv0: job.argv0,
    cwd: job.cwd,
    env: { ...job.env },
    stdio: [...stdio],
    detached: job.ownGroup,
    ...job.user,
  });
}

function feed(pipe: ChildProcess["stdio"][number] | undefined, bytes: Buffer): void {
  if (pipe === null || pipe === undefined || !("end" in pipe)) return;
  // A program may end without reading what it is given.
  pipe.on("error", () => undefined);
  pipe.end(bytes);
}

function signal(pid: number | undefined, ownGroup: boolean): void {
  if (pid === undefined) return;
  try {
    process.kill(ownGroup ? -pid : pid, "SIGKILL");
  } catch {
    // It has gone already, which is what is wanted.
  }
}

/**
 * Ends what uses more CPU time than it may, all its processes together: a limit of the kernel's counts each for itself.
 *
 * @returns stops looking
 */
function watchCpu(limitMs: number, group: ControlGroup, end: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const look = () => {
    const used = group.cpuMs();
    if (used === null) return;
    if (used > limitMs) end();
    else timer = setTimeout(look, Math.min(cpuLookMs, Math.max(5, (limitMs - used) / 2)));
  };
  timer = setTimeout(look, Math.min(cpuLookMs, limitMs));
  return () => clearTimeout(timer);
}

/** Waits until nothing lives in the group, which is removed then. What is left of a command is ended. */
function whenEmpty(group: ControlGroup, done: () => void): void {
  let tries = 0;
  const attempt = () => {
    if (group.remove() || ++tries > emptyTries) return done();
    group.kill();
    setTimeout(attempt, emptyEveryMs);
  };
  attempt();
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
