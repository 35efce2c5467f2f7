/** What would this change decide differently? `openAgainst` and `openFolder` open two policies, `diffPolicies` compares. */
export * from "./accepted-differences.js";
export type { BlamedChange } from "./blame.js";
export type { DifferenceKind } from "./compare-decisions.js";
export * from "./diff-policies.js";
export * from "./find-changes.js";
export { pathText } from "./json-path.js";
export type { PatchStep } from "./minimise.js";
export { readPoliciesAt } from "./policy-at-commit.js";
export * from "./policy-side.js";
export * from "./recorded-decisions.js";
export type { Budget } from "./search.js";
