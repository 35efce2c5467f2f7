export * from "./case-observation.js";
export * from "./run-attacks.js";
export * from "./run-cases.js";
export * from "./run-tests.js";
export * from "./scratch-workspace.js";
