export * from "./fast-refusal.js";
export * from "./jsonl/index.js";
export * from "./memory/index.js";
export * from "./on-demand.js";
export type { PostgresHealth, PostgresStore, PostgresWorld } from "./postgres/index.js";
export type { RateLimit } from "./rate-window.js";
export * from "./sqlite/index.js";
