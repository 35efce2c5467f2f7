/** Breaks cited lines on purpose and tells who noticed. */
export * from "./mutation-report.js";
