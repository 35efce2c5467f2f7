import type { TargetSuite } from "../check.js";
import { accessSuite } from "./access.js";
import { allowlistSuite } from "./allowlist.js";
import { approvalSuite } from "./approvals.js";
import { bindingSuite } from "./binding.js";
import { decisionSuite } from "./decisions.js";
import { executeSuite } from "./execute.js";
import { leakSuite } from "./leaks.js";
import { malformedSuite } from "./malformed.js";
import { replaySuite } from "./replay.js";
import { tokenSuite } from "./tokens.js";
import { wireSuite } from "./wire.js";

/** All suites, in the order they are run: leaks last, for they look through every answer. */
export const targetSuites: readonly TargetSuite[] = [
  executeSuite,
  tokenSuite,
  replaySuite,
  bindingSuite,
  approvalSuite,
  allowlistSuite,
  malformedSuite,
  wireSuite,
  accessSuite,
  decisionSuite,
  leakSuite,
];
