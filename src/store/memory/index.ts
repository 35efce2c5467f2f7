export * from "./memory-approvals.js";
export * from "./memory-kill-switch.js";
export * from "./memory-refusal.js";
export * from "./memory-takings.js";
