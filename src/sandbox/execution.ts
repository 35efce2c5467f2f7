/** What the sandbox is asked to run and how it tells the end, as the gate asks it. */
export type { Execution, Executor as SandboxExecutor, Exit, OutputSink, Stream } from "../model/index.js";
