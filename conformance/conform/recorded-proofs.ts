import { join } from "node:path";
import { ok, type Problem, type Result } from "../../src/index.js";
import type { Config } from "../config/index.js";
import { type ProofSubject, proofFileName, provablesOf, readProofs, standingProofs } from "../proof/index.js";
import type { Proof } from "../verdict/index.js";

/** Holds the recorded proofs of a repository against what stands there: hashes are compared, nothing is broken. */
export async function recordedProofs(
  config: Pick<Config, "root" | "specs">,
  subject: ProofSubject,
): Promise<Result<readonly Proof[], readonly Problem[]>> {
  const shownAs = `${config.specs}/${proofFileName}`;
  const recorded = await readProofs(join(config.root, shownAs), shownAs);
  return recorded.ok ? ok(standingProofs(provablesOf(subject), recorded.value)) : recorded;
}
