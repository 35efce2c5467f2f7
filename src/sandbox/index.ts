export { createSandbox } from "./create-sandbox.js";
export type { Sandbox, SandboxOptions } from "./sandbox.js";
