import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { err, ok, type Result } from "../../model/index.js";
import { type FromWorker, isFromWorker, type Start } from "./messages.js";
import { broken, type ToolchainError } from "./problems.js";
import "./web-assembly.js";

/** What a worker answered, still unread. */
export type RawAnswer = { readonly header: string; readonly blob: Uint8Array; readonly builtins: readonly string[] };

/** Starting an instance takes about half a second; a machine that needs this long has other troubles. */
const startDeadlineMs = 60_000;

/** Rego's parser and evaluator recurse; the usual 4 MB end a deeply nested policy where native OPA does not. */
const stackMb = 64;

const fromSource = import.meta.url.endsWith(".ts");
const entry = new URL(fromSource ? "./worker.ts" : "./worker.js", import.meta.url);

/**
 * One worker thread and the instance in it, replaced whenever it is lost. It does one call at a time.
 *
 * WASI code cannot be interrupted from inside, so a deadline is the end of the thread: the call is answered as an
 * error at once, and the next call starts a new one.
 */
export class Lane {
  /** What this instance has loaded, by the caller's number. A new instance has loaded nothing. */
  readonly handles = new Map<number, number>();
  readonly #forgotten: number[] = [];
  readonly #starts: () => Promise<Start>;
  readonly #onModule: (module: WebAssembly.Module | undefined) => void;
  #worker: Worker | undefined;
  #ready: Promise<Result<Worker, ToolchainError>> | undefined;
  #settle: ((message: FromWorker | ToolchainError) => void) | undefined;
  #ends: Promise<unknown>[] = [];

  constructor(starts: () => Promise<Start>, onModule: (module: WebAssembly.Module | undefined) => void) {
    this.#starts = starts;
    this.#onModule = onModule;
  }

  /** Starts the instance, if none is there. */
  warm(): Promise<Result<Worker, ToolchainError>> {
    this.#ready ??= this.#start();
    return this.#ready;
  }

  /** Asks the instance. */
  async call(op: string, body: string, deadlineMs: number): Promise<Result<RawAnswer, ToolchainError>> {
    const ready = await this.warm();
    if (!ready.ok) return ready;
    ready.value.ref();
    const answer = this.#next(deadlineMs, `${op} took longer than ${deadlineMs} ms`);
    ready.value.postMessage({ op, body });
    const message = await answer;
    if ("code" in message) return err(message);
    if (message.kind === "answer" || message.kind === "spent") {
      this.#worker?.unref();
      if (message.kind === "spent") this.discard();
      return ok(message);
    }
    this.discard();
    const why = "message" in message ? message.message : "the worker answered out of turn";
    return err(broken("toolchain/failed", why));
  }

  /** Frees what was loaded under the caller's number, when the instance is next at leisure: see {@link sweep}. */
  forget(id: number): void {
    const handle = this.handles.get(id);
    if (handle === undefined) return;
    this.handles.delete(id);
    this.#forgotten.push(handle);
  }

  /** Has the instance drop what was forgotten. Only whoever holds the lane may call it. */
  async sweep(deadlineMs: number): Promise<void> {
    for (const handle of this.#forgotten.splice(0)) await this.call("unload", JSON.stringify({ handle }), deadlineMs);
  }

  /** Ends the instance; a call under way is answered as failed. The next call starts another. */
  discard(why: ToolchainError = broken("toolchain/failed", "the toolchain was closed")): void {
    const worker = this.#worker;
    this.#worker = undefined;
    this.#ready = undefined;
    this.handles.clear();
    this.#forgotten.length = 0;
    if (worker !== undefined) this.#ends.push(worker.terminate());
    this.#settle?.(why);
  }

  /** Ends the instance and waits until its thread is gone. */
  async end(): Promise<void> {
    this.discard();
    await Promise.all(this.#ends);
  }

  async #start(): Promise<Result<Worker, ToolchainError>> {
    const start = await this.#starts();
    const worker = new Worker(entry, {
      workerData: start,
      execArgv: fromSource ? ["--import", sourceLoader()] : [],
      resourceLimits: { stackSizeMb: stackMb },
    });
    this.#worker = worker;
    worker.on("message", (message: unknown) => {
      if (worker === this.#worker && isFromWorker(message)) this.#settle?.(message);
    });
    worker.on("error", (error) => this.#lost(worker, error instanceof Error ? error.message : String(error)));
    worker.on("exit", (code) => this.#lost(worker, `the toolchain's thread ended with status ${code}`));
    const message = await this.#next(startDeadlineMs, "the toolchain did not start");
    // One that was discarded meanwhile keeps the process until it has ended: somebody waits for that.
    if (worker === this.#worker) worker.unref();
    if ("kind" in message && message.kind === "ready") {
      this.#onModule(message.module);
      return ok(worker);
    }
    this.#onModule(undefined);
    this.discard();
    if ("code" in message) return err(message);
    return err(
      broken("toolchain/artefact", "message" in message ? message.message : "the worker answered out of turn"),
    );
  }

  #lost(worker: Worker, why: string): void {
    if (worker === this.#worker) this.discard(broken("toolchain/failed", why));
  }

  /** The next message from the worker, or the error that stands for it. */
  #next(deadlineMs: number, late: string): Promise<FromWorker | ToolchainError> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.discard(broken("toolchain/deadline", late)), deadlineMs);
      this.#settle = (message) => {
        clearTimeout(timer);
        this.#settle = undefined;
        resolve(message);
      };
    });
  }
}

/** From source a worker needs the same loader as this thread; its place must not depend on the working directory. */
function sourceLoader(): string {
  return pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
}
