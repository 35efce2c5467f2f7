export * from "./gate.js";
export * from "./gather-input.js";
export * from "./local-parts.js";
export * from "./logged-policy.js";
export * from "./ports.js";
export * from "./split-ledger.js";
export * from "./submission.js";
