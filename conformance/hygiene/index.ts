/** Searches a tree for what must not stand in it: `scanHygiene` with the rules of `specs/hygiene/`. */
export * from "./digest.js";
export * from "./hygiene-finding.js";
export * from "./load-rules.js";
export * from "./scan-hygiene.js";
