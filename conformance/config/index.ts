export * from "./config.js";
export * from "./product.js";
export * from "./start-conformance.js";
