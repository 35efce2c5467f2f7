import type { Attack } from "./attack.js";
import { neverAcceptsAForgedToken } from "./never-accepts-a-forged-token.attack.js";
import { neverAllowsAFlawedCapability } from "./never-allows-a-flawed-capability.attack.js";
import { neverAllowsOutsideTheHours } from "./never-allows-outside-the-hours.attack.js";
import { neverChangesItsMind } from "./never-changes-its-mind.attack.js";
import { neverExceedsAQuota } from "./never-exceeds-a-quota.attack.js";
import { neverHidesAChangedLog } from "./never-hides-a-changed-log.attack.js";
import { neverLetsALowerRoleDoMore } from "./never-lets-a-lower-role-do-more.attack.js";
import { neverLetsAnArgumentEscape } from "./never-lets-an-argument-escape.attack.js";
import { neverPassesAnUnknownFinding } from "./never-passes-an-unknown-finding.attack.js";
import { neverReadsAMalformedRequest } from "./never-reads-a-malformed-request.attack.js";
import { neverReadsOutsideTheWorkspace } from "./never-reads-outside-the-workspace.attack.js";
import { neverRunsInLessIsolation } from "./never-runs-in-less-isolation.attack.js";
import { neverSplitsACommandTwice } from "./never-splits-a-command-twice.attack.js";

export * from "./attack.js";
export * from "./base-request.js";
export * from "./policy-data.js";

/** Every property attack, by name. */
export const attacks: readonly Attack[] = [
  neverAcceptsAForgedToken,
  neverAllowsAFlawedCapability,
  neverAllowsOutsideTheHours,
  neverChangesItsMind,
  neverExceedsAQuota,
  neverHidesAChangedLog,
  neverLetsALowerRoleDoMore,
  neverLetsAnArgumentEscape,
  neverPassesAnUnknownFinding,
  neverReadsAMalformedRequest,
  neverReadsOutsideTheWorkspace,
  neverRunsInLessIsolation,
  neverSplitsACommandTwice,
];
