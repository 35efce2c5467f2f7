/** Work packets: read, checked before work is judged, and validated against the spec, the code and their own tests. */
export * from "./append-report.js";
export * from "./check-evidence.js";
export * from "./copy-workspace.js";
export * from "./current-spec.js";
export * from "./markdown-document.js";
export * from "./new-packet.js";
export * from "./packet-rules.js";
export * from "./packet-settings.js";
export * from "./packet-text.js";
export * from "./parse-packet.js";
export * from "./pre-flight.js";
export * from "./redact-output.js";
export * from "./repository-file.js";
export * from "./resolve-anchor.js";
export * from "./test-plan.js";
export * from "./validate-packet.js";
export * from "./validation-report.js";
