/** The readiness checklist: `readiness` computes it from what `readinessWorld` collects and `specs/readiness.yaml` names. */
export * from "./finding.js";
export * from "./readiness.js";
export * from "./readiness-file.js";
export * from "./readiness-markdown.js";
export * from "./readiness-world.js";
