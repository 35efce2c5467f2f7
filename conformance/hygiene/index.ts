/** Searches a tree for what must not stand in it: `scanHygiene` with the rules of `specs/hygiene/`. */
export * from "./generated-digest.js";
export * from "./hygiene-finding.js";
export type { HygieneRule } from "./hygiene-rule.js";
export * from "./hygiene-sarif.js";
export * from "./load-rules.js";
export type { PreparedRule } from "./prepare-search.js";
export * from "./scan-hygiene.js";
