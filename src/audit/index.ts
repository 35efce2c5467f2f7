export * from "./chain.js";
export * from "./ports.js";
