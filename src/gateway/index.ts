export * from "./answers.js";
export * from "./contracts.js";
export * from "./create-server.js";
export * from "./gateway-parts.js";
export * from "./idempotency.js";
export * from "./metrics.js";
export * from "./settings.js";
