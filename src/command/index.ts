export * from "./canonical-command.js";
export * from "./parse-command.js";
