import { join } from "node:path";
import { ok, type Problem, type Result } from "../../src/index.js";
import type { Config } from "../config/index.js";
import type { CitedPlace } from "../evidence/index.js";
import type { MutationReport } from "../mutation/index.js";
import {
  type ProofSubject,
  proofFileName,
  provablesOf,
  readProofs,
  recordProof,
  standingProofs,
  withMeasurements,
} from "../proof/index.js";
import type { Proof } from "../verdict/index.js";

/** What stands of the recorded proofs, and the places with what is recorded of those that are not mutated. */
export type Standing = { readonly proofs: readonly Proof[]; readonly places: readonly CitedPlace[] };

/**
 * Holds the recorded proofs of a repository against what stands there: hashes are compared, nothing is broken. What
 * other programs' mutation reports show of lines as they stand counts as recorded.
 *
 * @param mutants - the reports that the configuration names
 */
export async function recordedProofs(
  config: Pick<Config, "root" | "specs">,
  subject: ProofSubject,
  mutants: readonly MutationReport[],
): Promise<Result<Standing, readonly Problem[]>> {
  const shownAs = `${config.specs}/${proofFileName}`;
  const recorded = await readProofs(join(config.root, shownAs), shownAs);
  if (!recorded.ok) return recorded;
  const provables = provablesOf(subject);
  const places = withMeasurements(subject.places, recorded.value, subject.textOf);
  if (mutants.length === 0) return ok({ proofs: standingProofs(provables, recorded.value), places });
  const earlier = new Map(recorded.value.map((proof) => [proof.id, proof]));
  const proofs = provables.map((one) => recordProof(one, earlier.get(one.requirement.id), mutants));
  return ok({ proofs: standingProofs(provables, proofs), places });
}
