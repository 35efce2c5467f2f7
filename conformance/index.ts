/** The harness: `conform` runs it, `writeReports` writes what came of it, `readConfig` finds what it is about. */
export * from "./attestation/index.js";
export * from "./config/index.js";
export * from "./conform/index.js";
export * from "./git/index.js";
export * from "./readiness/index.js";
export * from "./regression/index.js";
export * from "./report/index.js";
export * from "./spec/index.js";
