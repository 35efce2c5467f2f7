import type { EndEntry, IsolationFacts, Limits, RequiredIsolation } from "./contracts/index.js";

/** What to execute: everything is decided, nothing is looked up. */
export type Execution = {
  readonly executionId: string;
  /** The profile that the command was asked for under: what it may write depends on it. */
  readonly profile?: string;
  /** The program's absolute path, as policy has it. */
  readonly path: string;
  readonly argv: readonly string[];
  readonly cwd: string;
  /** The folder that the command may see and, by its risk, change. */
  readonly workspace: string;
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: Uint8Array | null;
  readonly limits: Limits;
  readonly isolation: RequiredIsolation;
};

/** The two streams that a command writes. */
export type Stream = "stdout" | "stderr";

/** Told each chunk that a command writes, in order within its stream. */
export type OutputSink = (stream: Stream, chunk: Uint8Array) => void;

/** How an execution ended, apart from what it wrote. */
export type Exit = {
  readonly outcome: EndEntry["outcome"];
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly durationMs: number;
  /** Null where nobody measured. */
  readonly cpuMs: number | null;
  readonly memoryPeakBytes: number | null;
};

/** Runs commands, and knows what holds them in. */
export interface Executor {
  isolation(): IsolationFacts;
  /** Gives at most `limits.output_bytes` to the sink, over both streams. Rejects where nothing may be started. */
  run(execution: Execution, sink: OutputSink): Promise<Exit>;
  /** Ends everything that runs; each run then ends as `stopped`. @returns how many there were */
  stopAll(): number;
}

/** An executor that can end one execution and leave the others. */
export interface StoppingExecutor extends Executor {
  /** Ends an execution, which then ends as `stopped`. @returns whether it was running here */
  stop(executionId: string): boolean;
}
