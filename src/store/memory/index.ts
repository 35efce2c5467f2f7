export * from "./memory-takings.js";
