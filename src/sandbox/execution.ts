/** What the sandbox is asked to run and how it tells the end, as the gate asks it. */
export type { Execution, Exit, OutputSink, StoppingExecutor as SandboxExecutor, Stream } from "../model/index.js";
