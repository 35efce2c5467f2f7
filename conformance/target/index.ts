/** Tests a gateway over HTTP: `openTarget` or `startSelf` finds it, `runTarget` asks, `targetReport` judges. */
export * from "./built.js";
export * from "./check.js";
export * from "./open-target.js";
export * from "./run-target.js";
export * from "./security-checklist.js";
export * from "./self-target.js";
export * from "./sign-off.js";
export * from "./target.js";
export * from "./target-config.js";
export * from "./target-report.js";
export * from "./worker-results.js";
