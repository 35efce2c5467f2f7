/** Breaks cited lines on purpose and tells who noticed. */
export * from "./mutate-rego.js";
export { type Kept, openKept } from "./mutation-cache.js";
export * from "./mutation-diff.js";
export * from "./mutation-html.js";
export * from "./mutation-report.js";
export * from "./rego-report.js";
