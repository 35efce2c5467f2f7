export * from "./approval.js";
export * from "./approvals.js";
export { type Act, mayAct } from "./ask-access.js";
export * from "./kill-switch.js";
export * from "./ports.js";
