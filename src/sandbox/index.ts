export { createSandbox } from "./create-sandbox.js";
export { hashOf } from "./pin.js";
export type { IsolationProbe } from "./probe/judge.js";
export { missingIsolation, type Sandbox, type SandboxOptions } from "./sandbox.js";
