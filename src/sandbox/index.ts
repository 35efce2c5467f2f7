export { createSandbox } from "./create-sandbox.js";
export { hashOf } from "./pin.js";
export type { IsolationProbe } from "./probe/judge.js";
export { missingIsolation } from "./required-isolation.js";
export type { Sandbox, SandboxOptions } from "./sandbox.js";
