import type { IsolationFacts, IsolationKind, RequiredIsolation } from "../model/index.js";

/** What is required and not in force, in the order of the requirement. */
export function missingIsolation({ requires }: RequiredIsolation, inForce: IsolationFacts): IsolationKind[] {
  return requires.filter((kind) => !inForce[kind]);
}

/**
 * A decision was made for the isolation that was in force then; with less of it nothing runs.
 *
 * @throws naming what is missing
 * @requirement MEX-02
 */
export function refuseWithout(required: RequiredIsolation, inForce: IsolationFacts): void {
  const missing = missingIsolation(required, inForce);
  if (missing.length > 0) throw new Error(`isolation is not in force: ${missing.join(", ")}`);
}
