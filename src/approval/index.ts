export * from "./approval.js";
export * from "./ports.js";
