import type { KeyObject } from "node:crypto";
import { err, ok, type Problem, type Result } from "../../src/index.js";
import { canonicalJson, canonicalLine } from "../report/index.js";
import { signEnvelope } from "./dsse.js";
import { type AttestedFacts, statementPayloadType, testResultStatement, verificationStatement } from "./statements.js";

/** How a report is signed. */
export type SignOptions = {
  readonly key: KeyObject;
  /** The moment, as RFC 3339 in UTC. */
  readonly timeCreated: string;
  /** Sign although the working tree differs from the commit; the statement says so. */
  readonly allowDirty: boolean;
};

/**
 * Signs what is said of a report: an in-toto bundle, one DSSE envelope a line, the test result before the verification
 * result.
 *
 * @returns on failure `attestation/invalid`: the working tree is not the commit, and nobody said that this is meant
 * @requirement HAR-11
 */
export function signReport(facts: AttestedFacts, options: SignOptions): Result<string, Problem> {
  if (facts.dirty && !options.allowDirty) {
    const hint = "commit first; or --allow-dirty, and the attestation says that it is not of the commit alone";
    return err({ code: "attestation/invalid", message: "there are changes that no commit holds", hint });
  }
  const statements = [testResultStatement(facts), verificationStatement(facts, options.timeCreated)];
  const envelopes = statements.map((statement) => {
    return signEnvelope(statementPayloadType, Buffer.from(canonicalJson(statement)), options.key);
  });
  return ok(envelopes.map((envelope) => `${canonicalLine(envelope)}\n`).join(""));
}
