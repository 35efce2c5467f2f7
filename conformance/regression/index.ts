/** Says what got worse: `findRegressions` compares; a baseline file or a commit gives what was, the report what is. */
export * from "./against-baseline.js";
export * from "./against-ref.js";
export * from "./anchor-regressions.js";
export * from "./baseline.js";
export * from "./current-report.js";
export * from "./regression-output.js";
export * from "./regressions.js";
export * from "./standing.js";
