/** Reads what other programs wrote: test results, coverage, mutants, by the paths that `lockkeeper.yaml` gives. */
export * from "./cobertura-coverage.js";
export * from "./coverage.js";
export * from "./ctrf-results.js";
export * from "./lcov-coverage.js";
export * from "./package-names.js";
export * from "./result-files.js";
export * from "./run-results.js";
