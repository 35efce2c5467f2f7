/** What would this change decide differently? `openAgainst` and `openFolder` open the two policies. */
export * from "./find-changes.js";
export * from "./policy-side.js";
