export * from "./differential.js";
export * from "./sampler.js";
export * from "./shrink-input.js";
