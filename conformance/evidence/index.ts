/** Finds what speaks for a requirement: from annotations to ranges of lines, with what came of each test. */
export * from "./attack-range.js";
export * from "./check-evidence.js";
export * from "./cited-place.js";
export * from "./code-lines.js";
export * from "./junit-results.js";
export * from "./languages.js";
export * from "./rego-evidence.js";
export * from "./scan-repository.js";
export * from "./source-evidence.js";
export * from "./source-files.js";
export * from "./test-paths.js";
export * from "./test-results.js";
export * from "./typescript-evidence.js";
