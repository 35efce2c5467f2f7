import { err, type Result } from "../../model/index.js";
import { findArtefact } from "./artefact.js";
import { Lane } from "./lane.js";
import type { Artefact, Start } from "./messages.js";
import { broken, type ToolchainError } from "./problems.js";
import "./web-assembly.js";

/** The lanes, handed out one job at a time. The first free one is taken, so that few calls keep few instances warm. */
export class Pool {
  readonly #lanes: readonly Lane[];
  readonly #free: Set<Lane>;
  readonly #waiting: ((lane: Lane) => void)[] = [];
  readonly #artefact: Result<Artefact, string>;
  readonly #cacheDir: string | undefined;
  /** The compiled module, once the first worker has it; while that one is at it, the others wait for it. */
  #module: Promise<WebAssembly.Module | undefined> | undefined;
  #publish: (module: WebAssembly.Module | undefined) => void = () => {};
  #closed = false;

  constructor(workers: number, artefact: Artefact | undefined, cacheDir: string | undefined) {
    this.#artefact = artefact === undefined ? findArtefact() : { ok: true, value: artefact };
    this.#cacheDir = cacheDir;
    this.#lanes = Array.from(
      { length: workers },
      () =>
        new Lane(
          () => this.#start(),
          (module) => this.#compiled(module),
        ),
    );
    this.#free = new Set(this.#lanes);
    if (this.#artefact.ok) void this.#lanes[0]?.warm();
  }

  /** Gives a lane to a job for as long as the job runs. */
  async use<T>(job: (lane: Lane) => Promise<Result<T, ToolchainError>>): Promise<Result<T, ToolchainError>> {
    if (!this.#artefact.ok) return err(broken("toolchain/artefact", this.#artefact.error));
    const lane = await this.#take();
    try {
      await lane.sweep(1_000);
      return this.#closed ? err(broken("toolchain/failed", "the toolchain was closed")) : await job(lane);
    } finally {
      this.#release(lane);
    }
  }

  /** Every lane, for what each must forget. */
  get lanes(): readonly Lane[] {
    return this.#lanes;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#lanes.map((lane) => lane.end()));
  }

  #take(): Promise<Lane> | Lane {
    const lane = this.#lanes.find((one) => this.#free.has(one));
    if (lane === undefined) return new Promise((resolve) => this.#waiting.push(resolve));
    this.#free.delete(lane);
    return lane;
  }

  #release(lane: Lane): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.add(lane);
    else next(lane);
  }

  async #start(): Promise<Start> {
    const module = await this.#module;
    if (module !== undefined) return { kind: "module", module };
    this.#module = new Promise((resolve) => {
      this.#publish = resolve;
    });
    if (!this.#artefact.ok) throw new Error(this.#artefact.error);
    return { kind: "artefact", artefact: this.#artefact.value, cacheDir: this.#cacheDir };
  }

  #compiled(module: WebAssembly.Module | undefined): void {
    this.#publish(module);
    if (module === undefined) this.#module = undefined;
  }
}
