/** The sandbox: what it is made of, what it holds, and how a command gets into it. */
import { chmodSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type IsolationFacts, type IsolationKind, noIsolation, type RequiredIsolation } from "../model/index.js";
import { type BubblewrapSetup, bubblewrapJob } from "./bubblewrap-job.js";
import type { Execution, Exit, OutputSink, SandboxExecutor } from "./execution.js";
import { exitOf, interrupted, notStarted } from "./exit.js";
import { lookAtWorkspace } from "./host-paths.js";
import { openProgramStore, type ProgramStore, pinProgram } from "./pin.js";
import { commonBinds, makeEtc } from "./root-folder.js";
import { hasFilter, systemCallFilter } from "./seccomp/filter.js";
import { SpawnerProcess } from "./spawner-process.js";

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
  [Symbol.asyncDispose](): Promise<void>;
}

/** As many as no passwd file names. */
const defaultUser = { uid: 65533, gid: 65533 };

/** How long what runs may take to end when it is told to, before its spawner is ended, in milliseconds. */
const stopMs = 1000;

/** What is required and not in force, in the order of the requirement. */
export function missingIsolation({ requires }: RequiredIsolation, inForce: IsolationFacts): IsolationKind[] {
  return requires.filter((kind) => !inForce[kind]);
}

/** One execution, from the moment that it is asked for. */
type Running = { stopped: boolean; end: () => void };

/** Everything in bubblewrap, started by a spawner. */
export class BubblewrapSandbox implements Sandbox {
  readonly #options: SandboxOptions;
  readonly #folder: string;
  readonly #setup: BubblewrapSetup;
  readonly #store: ProgramStore;
  readonly #spawner: SpawnerProcess;
  readonly #running = new Set<Running>();
  #facts: IsolationFacts = noIsolation;

  private constructor(
    options: SandboxOptions,
    folder: string,
    setup: BubblewrapSetup,
    store: ProgramStore,
    spawner: SpawnerProcess,
  ) {
    this.#options = options;
    this.#folder = folder;
    this.#setup = setup;
    this.#store = store;
    this.#spawner = spawner;
  }

  static async open(options: SandboxOptions, file: string): Promise<BubblewrapSandbox> {
    const folder = mkdtempSync(join(options.stateFolder ?? tmpdir(), "lockkeeper-sandbox-"));
    chmodSync(folder, 0o711);
    const user = process.getuid?.() === 0 ? (options.user ?? defaultUser) : null;
    const etc = join(folder, "etc");
    makeEtc(etc, user?.uid ?? process.getuid?.() ?? 0, user?.gid ?? process.getgid?.() ?? 0);
    const { arch } = process;
    if (!hasFilter(arch)) throw new Error(`no sandbox for ${arch}`);
    const setup = {
      file,
      arch,
      user,
      common: commonBinds(etc, options.readOnly ?? []),
      filter: systemCallFilter(arch),
    };
    const store = await openProgramStore(join(folder, "programs"));
    const spawner = new SpawnerProcess(existsSync("/dev/shm") ? "/dev/shm" : folder);
    await spawner.ready();
    return new BubblewrapSandbox(options, folder, setup, store, spawner);
  }

  isolation(): IsolationFacts {
    return this.#facts;
  }

  async run(execution: Execution, sink: OutputSink): Promise<Exit> {
    const running: Running = { stopped: false, end: () => undefined };
    this.#running.add(running);
    try {
      return await this.#runPinned(execution, sink, running);
    } finally {
      this.#running.delete(running);
    }
  }

  stopAll(): number {
    const stopped = [...this.#running];
    for (const running of stopped) {
      running.stopped = true;
      running.end();
    }
    setTimeout(() => {
      if (stopped.some((running) => this.#running.has(running))) this.#spawner.kill();
    }, stopMs).unref();
    return stopped.length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stopAll();
    await this.#spawner.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #runPinned(execution: Execution, sink: OutputSink, running: Running): Promise<Exit> {
    const { path, workspace } = execution;
    const refused = (why: string): Exit => {
      this.#options.onFailure?.(execution.executionId, why);
      return notStarted;
    };
    const folder = lookAtWorkspace(workspace);
    if (typeof folder === "string") return refused(folder);
    const expected = this.#options.expectedSha256?.(execution) ?? null;
    const program = await pinProgram(this.#store, path, visibleFolders(this.#options), expected);
    if (typeof program === "string") return refused(program);
    if (running.stopped) return { ...notStarted, outcome: "stopped" };
    const writable = this.#options.writable?.(execution) ?? false;
    const { job, blobs } = bubblewrapJob(this.#setup, execution, program, folder, writable);
    const run = this.#spawner.run(job, blobs, sink);
    running.end = () => run.end();
    const ended = await run.ended;
    if (ended === "interrupted") return running.stopped ? { ...interrupted, outcome: "stopped" } : interrupted;
    const { exit, why } = exitOf(ended);
    if (why !== "") this.#options.onFailure?.(execution.executionId, why);
    return exit;
  }
}

function visibleFolders({ readOnly = [] }: SandboxOptions): readonly string[] {
  return ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", ...readOnly];
}
