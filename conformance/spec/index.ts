export * from "./case-question.js";
export * from "./in-force.js";
export * from "./load-specs.js";
export * from "./merge-patch.js";
export type { Located, SpecFile } from "./spec-document.js";
export * from "./specs.js";
export * from "./specs-digest.js";
