export * from "./gate.js";
export * from "./gather-input.js";
export * from "./local-parts.js";
export * from "./ports.js";
export * from "./split-ledger.js";
export * from "./submission.js";
