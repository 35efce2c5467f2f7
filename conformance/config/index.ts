export * from "./config.js";
export * from "./start-conformance.js";
