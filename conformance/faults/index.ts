export * from "./run-harness-faults.js";
export * from "./run-policy-faults.js";
