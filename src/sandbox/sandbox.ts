/** The sandbox: what it is made of, what it holds, and how a command gets into it. */
import type { IsolationFacts } from "../model/index.js";
import { type BubblewrapSetup, bubblewrapJob } from "./bubblewrap-job.js";
import type { Execution, Exit, OutputSink, SandboxExecutor } from "./execution.js";
import { exitOf, interrupted, notStarted } from "./exit.js";
import { lookAtWorkspace } from "./host-paths.js";
import { type ProgramStore, pinProgram } from "./pin.js";
import { plainJob } from "./plain-job.js";
import { factsOf, type IsolationProbe } from "./probe/judge.js";
import type { HardLimits } from "./process-limits.js";
import { refuseWithout } from "./required-isolation.js";
import { type Running, stop } from "./running.js";
import type { Ended, Job, PreparedJob } from "./spawner/job.js";
import type { SpawnerProcess } from "./spawner-process.js";

/** How a sandbox is made. Every field may be left out. */
export type SandboxOptions = {
  /** Who commands run as where we are root; without names in any file. 65533 for both by default. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** A folder for what the sandbox keeps while it is there; the system's for temporary files by default. */
  readonly stateFolder?: string;
  /** Where bubblewrap is; else it is looked for in `/usr/bin` and `/usr/local/bin`. */
  readonly bubblewrap?: string;
  /** Folders of this machine that every command may read besides `/usr`. */
  readonly readOnly?: readonly string[];
  /** Whether a command may change its workspace; none may by default. */
  readonly writable?: (execution: Execution) => boolean;
  /** SHA-256 of the program that was decided upon; null where none was. */
  readonly expectedSha256?: (execution: Execution) => string | null;
  /** Told why something was not started, with paths of this machine: for logs, not for whoever asked. */
  readonly onFailure?: (executionId: string, why: string) => void;
};

/** Runs commands until it is disposed of, which ends what still runs. */
export interface Sandbox extends SandboxExecutor {
  /** What holds commands in: nothing but the user and control groups where it is `plain`, and `none` runs nothing. */
  readonly holder: "bubblewrap" | "plain" | "none";
  /** Every kind of isolation, whether it was seen to hold, and why not. */
  readonly probes: readonly IsolationProbe[];
  /** Ends the spawner and what runs, and starts another: for operators, and to show what happens then. */
  restart(): void;
  [Symbol.asyncDispose](): Promise<void>;
}

/** How long what runs may take to end when it is told to, before its spawner is ended, in milliseconds. */
const stopMs = 1000;

/** What a sandbox stands on. */
export type SandboxParts = {
  readonly options: SandboxOptions;
  /** Null where commands run with nothing around them. */
  readonly bubblewrap: BubblewrapSetup | null;
  /** Who commands run as; null for ourselves. */
  readonly user: Job["user"];
  readonly hard: HardLimits;
  readonly store: ProgramStore;
  readonly spawner: SpawnerProcess;
  readonly probes: readonly IsolationProbe[];
  /** Removes what was made for it. */
  readonly clean: () => void;
};

/** Runs what a spawner starts. */
export class SpawnedSandbox implements Sandbox {
  readonly #parts: SandboxParts;
  readonly #facts: IsolationFacts;
  readonly #running = new Set<Running>();

  constructor(parts: SandboxParts) {
    this.#parts = parts;
    this.#facts = factsOf(parts.probes);
  }

  get holder(): "bubblewrap" | "plain" {
    return this.#parts.bubblewrap === null ? "plain" : "bubblewrap";
  }

  get probes(): readonly IsolationProbe[] {
    return this.#parts.probes;
  }

  isolation(): IsolationFacts {
    return this.#facts;
  }

  async run(execution: Execution, sink: OutputSink): Promise<Exit> {
    refuseWithout(execution.isolation, this.#facts);
    const running: Running = { executionId: execution.executionId, stopped: false, end: () => undefined };
    this.#running.add(running);
    try {
      return await this.#start(execution, sink, running);
    } finally {
      this.#running.delete(running);
    }
  }

  stop(executionId: string): boolean {
    const named = [...this.#running].filter((running) => running.executionId === executionId);
    for (const running of named) stop(running);
    return named.length > 0;
  }

  stopAll(): number {
    const stopped = [...this.#running];
    for (const running of stopped) stop(running);
    const late = setTimeout(() => {
      if (stopped.some((running) => this.#running.has(running))) this.#parts.spawner.kill();
    }, stopMs);
    late.unref();
    return stopped.length;
  }

  restart(): void {
    this.#parts.spawner.kill();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stopAll();
    await this.#parts.spawner.close();
    this.#parts.clean();
  }

  async #start(execution: Execution, sink: OutputSink, running: Running): Promise<Exit> {
    const job = await prepare(this.#parts, execution);
    if (typeof job === "string") return this.#told(execution, { exit: notStarted, why: job });
    const ended = await this.#spawn(job, sink, running);
    if (ended === "interrupted") return running.stopped ? { ...interrupted, outcome: "stopped" } : interrupted;
    return this.#told(execution, exitOf(ended));
  }

  async #spawn(job: PreparedJob, sink: OutputSink, running: Running): Promise<Ended | "interrupted"> {
    try {
      if (running.stopped) return "interrupted";
      const run = this.#parts.spawner.run(job.job, job.blobs, sink);
      running.end = run.end;
      return await run.ended;
    } finally {
      job.clean?.();
    }
  }

  #told({ executionId }: Execution, { exit, why }: { readonly exit: Exit; readonly why: string }): Exit {
    if (why !== "") this.#parts.options.onFailure?.(executionId, why);
    return exit;
  }
}

/** Pins what will run, and says how to start it; or why it may not run. */
async function prepare(parts: SandboxParts, execution: Execution): Promise<PreparedJob | string> {
  const { options, bubblewrap, store, user, hard } = parts;
  const folder = lookAtWorkspace(execution.workspace);
  if (typeof folder === "string") return folder;
  const expected = options.expectedSha256?.(execution) ?? null;
  const program = await pinProgram(store, execution.path, visibleFolders(options), expected);
  if (typeof program === "string") return program;
  if (bubblewrap === null)
    return plainJob({ arch: process.arch, user, hard, folder: store.folder }, execution, program, folder);
  return bubblewrapJob(bubblewrap, execution, program, folder, options.writable?.(execution) ?? false);
}

function visibleFolders({ readOnly = [] }: SandboxOptions): readonly string[] {
  return ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", ...readOnly];
}
