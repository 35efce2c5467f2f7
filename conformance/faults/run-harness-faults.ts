import type { CheckResult } from "../../src/index.js";
import type { AttackContext } from "../attacks/index.js";
import { engineFaults } from "./engine-faults.js";
import { reportFaults } from "./report-faults.js";
import type { AskedCase } from "./run-policy-faults.js";
import { type HarnessFault, verdictFaults } from "./verdict-faults.js";

/** A fault and the file that plants it. */
export type PlantedFault = HarnessFault & { readonly file: string };

/** Plants faults into the harness itself, where its own parts meet. */
export function runHarnessFaults(context: AttackContext, cases: readonly AskedCase[]): Promise<CheckResult[]> {
  return runPlanted([
    ...verdictFaults.map((fault) => ({ ...fault, file: "conformance/faults/verdict-faults.ts" })),
    ...reportFaults.map((fault) => ({ ...fault, file: "conformance/faults/report-faults.ts" })),
    ...engineFaults(context, cases).map((fault) => ({ ...fault, file: "conformance/faults/engine-faults.ts" })),
  ]);
}

/**
 * Looks for each planted fault, one after the other: one that goes unnoticed is a check that fails.
 *
 * @requirement HAR-09
 */
export async function runPlanted(planted: readonly PlantedFault[]): Promise<CheckResult[]> {
  const checks: CheckResult[] = [];
  for (const { id, title, file, noticed } of planted) {
    const base = {
      id: `planted-${id}`,
      kind: "fault" as const,
      title,
      requirements: ["HAR-09"],
      file,
      row: 1,
      inputs: 1,
    };
    const fails = await failureOf(noticed);
    checks.push(fails === undefined ? { ...base, status: "pass" } : { ...base, status: "fail", detail: fails });
  }
  return checks;
}

async function failureOf(noticed: HarnessFault["noticed"]): Promise<string | undefined> {
  try {
    return (await noticed()) ? undefined : "it went unnoticed";
  } catch (error) {
    return `looking for it failed: ${error instanceof Error ? error.message : String(error)}`;
  }
}
