import { AuditEntry } from "./audit-entry.js";
import { Decision } from "./decision.js";
import { AccessInput, OutputInput, RequestInput } from "./decision-input.js";
import { ProofFile } from "./proof.js";
import { Report, RunFacts } from "./report.js";
import { Requirement, RequirementFile } from "./requirement.js";
import { Case, Suite } from "./suite.js";
import { Waiver, WaiverFile } from "./waiver.js";

export * from "./audit-entry.js";
export * from "./decision.js";
export * from "./decision-input.js";
export * from "./isolation.js";
export * from "./proof.js";
export * from "./report.js";
export * from "./requirement.js";
export * from "./suite.js";
export * from "./waiver.js";

/** Every frozen contract by the file name it is committed under in `specs/schema/`. */
export const contracts = {
  "request-input": RequestInput,
  "output-input": OutputInput,
  "access-input": AccessInput,
  decision: Decision,
  "audit-entry": AuditEntry,
  requirement: Requirement,
  requirements: RequirementFile,
  case: Case,
  suite: Suite,
  waiver: Waiver,
  waivers: WaiverFile,
  proof: ProofFile,
  report: Report,
  run: RunFacts,
} as const;
