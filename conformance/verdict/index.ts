/** Judges a run: requirements, evidence and check results in, the report out. Pure. */
export * from "./bounded-text.js";
export * from "./group-by-each.js";
export * from "./verdict.js";
export * from "./verdict-input.js";
