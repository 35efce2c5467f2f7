export * from "./jsonl/index.js";
export * from "./memory/index.js";
export * from "./postgres/index.js";
export * from "./sqlite/index.js";
