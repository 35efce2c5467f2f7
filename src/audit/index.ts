export * from "./chain.js";
export { type Finding, type FindingCode, findingText } from "./finding.js";
export * from "./jsonl-lines.js";
export * from "./log-line.js";
export * from "./merkle.js";
export * from "./ports.js";
export * from "./read-entry.js";
export * from "./verify-chain.js";
