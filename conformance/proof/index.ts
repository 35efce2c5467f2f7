/** Proofs that breaking a cited line would be noticed: made by `prove`, recorded, and held against what stands there. */
export * from "./content-hash.js";
export * from "./declared-evidence.js";
export * from "./measurement.js";
export * from "./proof-file.js";
export * from "./provable.js";
export * from "./record.js";
export * from "./standing.js";
export * from "./stryker-run.js";
