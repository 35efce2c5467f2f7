/** The gateway's side of the spawner: it starts one, speaks to it, and starts another when it is lost. */
import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { Socket } from "node:net";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { OutputSink, Stream } from "./execution.js";
import { type FrameKind, frameHead, frameKinds, frameReader } from "./spawner/frames.js";
import { type Ended, encodeJob, isEnded, isReady, type Job, type Ready } from "./spawner/job.js";

/** Small, since starting a process takes time in proportion: 1.3 ms at 54 MB, 23 ms at 506 MB. */
const heapFlags = ["--max-old-space-size=64", "--max-semi-space-size=1"];

/** A spawner is there within tens of milliseconds; a machine that needs this long has other troubles. */
const startDeadlineMs = 20_000;

/** How long to wait before the next start, after one that came to nothing. */
const retryMs = 200;

const fromSource = import.meta.url.endsWith(".ts");
const entry = fileURLToPath(new URL(fromSource ? "./spawner/main.ts" : "./spawner/main.js", import.meta.url));

/** What a run waits for. */
type Waiting = {
  readonly sink: OutputSink;
  readonly settle: (ended: Ended | "interrupted") => void;
  readonly fail: (error: unknown) => void;
};

/** A run under way. */
export type SpawnerRun = {
  /** `interrupted` where the spawner was lost, and what ran with it. */
  readonly ended: Promise<Ended | "interrupted">;
  end(): void;
};

/** Folders of ours; the spawner removes them when we are gone without having done so. */
export type SpawnerFolders = {
  /** For files that have no name after a moment. */
  readonly scratch: string;
  readonly state: string;
};

/** One spawner at a time. */
export class SpawnerProcess {
  readonly #folders: SpawnerFolders;
  readonly #runs = new Map<number, Waiting>();
  #numbers = 0;
  /** The one that was started last, ready or not. */
  #child: ChildProcess | undefined;
  /** Its socket, once it is ready: what cannot run now is refused, it does not wait. */
  #socket: Socket | undefined;
  #ready: Promise<Ready>;
  #closed = false;

  constructor(folders: SpawnerFolders) {
    this.#folders = folders;
    this.#ready = this.#start();
    // Whoever wants to know asks.
    this.#ready.catch(() => undefined);
  }

  /** What the spawner can do. Rejects where it does not start. */
  ready(): Promise<Ready> {
    return this.#ready;
  }

  /** The process that spawns, while there is one. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Starts a job. Throws while no spawner is there. */
  run(job: Job, blobs: readonly Uint8Array[], sink: OutputSink): SpawnerRun {
    const run = ++this.#numbers;
    this.#send(frameKinds.run, run, encodeJob(job, blobs));
    const ended = new Promise<Ended | "interrupted">((settle, fail) => this.#runs.set(run, { sink, settle, fail }));
    this.#hold();
    return { ended, end: () => this.#sendIfThere(frameKinds.end, run) };
  }

  /** Ends the spawner at once, and everything with it; another starts. */
  kill(): void {
    this.#child?.kill("SIGKILL");
  }

  /** Ends the spawner and everything with it, for good. */
  async close(): Promise<void> {
    this.#closed = true;
    const child = this.#child;
    if (child === undefined) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.ref();
    if (this.#socket === undefined) child.kill("SIGKILL");
    this.#socket?.destroy();
    const late = setTimeout(() => child.kill("SIGKILL"), 2000);
    await gone;
    clearTimeout(late);
  }

  #start(): Promise<Ready> {
    const loader = fromSource ? ["--import", sourceLoader()] : [];
    const child = spawn(
      process.execPath,
      [...heapFlags, ...loader, entry, this.#folders.scratch, this.#folders.state],
      {
        cwd: "/",
        env: {},
        stdio: ["ignore", "ignore", "inherit", "pipe"],
      },
    );
    const socket = child.stdio[3];
    if (!(socket instanceof Socket)) throw new Error("the spawner has no socket");
    this.#child = child;
    const ready = new Promise<Ready>((resolve, reject) => {
      const late = setTimeout(() => child.kill("SIGKILL"), startDeadlineMs);
      child.once("error", reject);
      child.once("exit", () => {
        clearTimeout(late);
        reject(new Error("the spawner did not start"));
      });
      this.#listen(socket, (told) => {
        clearTimeout(late);
        this.#socket = socket;
        resolve(told);
        this.#hold();
      });
    });
    child.once("exit", () => this.#lost(child));
    child.once("error", () => this.#lost(child));
    this.#hold();
    return ready;
  }

  #listen(socket: Socket, ready: (told: Ready) => void): void {
    const read = frameReader();
    socket.on("error", () => undefined);
    socket.on("data", (chunk: Buffer) => {
      for (const { kind, run, payload } of read(chunk)) {
        if (kind === frameKinds.stdout) this.#output(run, "stdout", payload);
        if (kind === frameKinds.stderr) this.#output(run, "stderr", payload);
        if (kind === frameKinds.ended) this.#ended(run, JSON.parse(payload.toString("utf8")));
        const told: unknown = kind === frameKinds.ready ? JSON.parse(payload.toString("utf8")) : undefined;
        if (isReady(told)) ready(told);
      }
    });
  }

  /** A sink that throws is the end of its run, and of nothing else. */
  #output(run: number, stream: Stream, chunk: Buffer): void {
    const waiting = this.#runs.get(run);
    if (waiting === undefined) return;
    try {
      waiting.sink(stream, chunk);
    } catch (error) {
      this.#runs.delete(run);
      this.#sendIfThere(frameKinds.end, run);
      this.#hold();
      waiting.fail(error);
    }
  }

  #ended(run: number, ended: unknown): void {
    const waiting = this.#runs.get(run);
    this.#runs.delete(run);
    this.#hold();
    waiting?.settle(isEnded(ended) ? ended : "interrupted");
  }

  /** What ran has gone with it, by the kernel. */
  #lost(child: ChildProcess): void {
    if (child !== this.#child) return;
    const wasReady = this.#socket !== undefined;
    this.#child = undefined;
    this.#socket?.destroy();
    this.#socket = undefined;
    const runs = [...this.#runs.values()];
    this.#runs.clear();
    for (const { settle } of runs) settle("interrupted");
    if (this.#closed) return;
    this.#ready = wasReady ? this.#start() : this.#startLater();
    this.#ready.catch(() => undefined);
  }

  #startLater(): Promise<Ready> {
    return new Promise((resolve, reject) => {
      setTimeout(() => {
        if (this.#closed) reject(new Error("the sandbox was closed"));
        else this.#start().then(resolve, reject);
      }, retryMs).unref();
    });
  }

  #send(kind: FrameKind, run: number, payload: Uint8Array): void {
    const socket = this.#socket;
    if (socket?.writable !== true) throw new Error("the spawner is away");
    socket.cork();
    socket.write(frameHead(kind, run, payload.length));
    socket.write(payload);
    socket.uncork();
  }

  #sendIfThere(kind: FrameKind, run: number): void {
    if (this.#socket?.writable === true) this.#send(kind, run, new Uint8Array());
  }

  /** Keeps this process alive only while something runs. */
  #hold(): void {
    const busy = this.#runs.size > 0;
    for (const one of [this.#child, this.#socket]) busy ? one?.ref() : one?.unref();
  }
}

/** From source the spawner needs the same loader as this process; its place must not depend on the working directory. */
function sourceLoader(): string {
  return pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
}
