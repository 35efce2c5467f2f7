/** Signs what is said of a report, and verifies it: `signReport`, `verifyReport`, over the facts of `gatherFacts`. */
export * from "./attested-facts.js";
export * from "./differences.js";
export * from "./dsse.js";
export * from "./keys.js";
export * from "./sign-report.js";
export * from "./statements.js";
export * from "./verify-report.js";
