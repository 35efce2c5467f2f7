export * from "./clock.js";
export * from "./environment.js";
export * from "./exec-file.js";
export * from "./package-root.js";
export * from "./repository-facts.js";
