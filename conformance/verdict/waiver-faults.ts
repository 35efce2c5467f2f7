import type { Waiver } from "../../src/index.js";
import type { JudgedRequirement } from "./requirement-result.js";

/** Whether a waiver still holds: it does through the whole day it expires on, in UTC. */
export function isExpired({ expires }: Pick<Waiver, "expires">, today: string): boolean {
  return expires < today;
}

/**
 * What is wrong with waivers, one sentence each: expired, for a requirement that is gone, or for a gap that is not there.
 * Waivers of requirements that this run does not judge are only looked at for being expired or orphaned.
 *
 * @param judged - the requirements this run judges, by id
 * @param known - all ids of the specifications
 * @requirement HAR-04
 */
export function waiverFaults(
  waivers: readonly Waiver[],
  judged: ReadonlyMap<string, JudgedRequirement>,
  known: ReadonlySet<string>,
  today: string,
): string[] {
  return waivers.flatMap((waiver) => {
    const { id, requirement, rung, rule, expires, owner } = waiver;
    if (!known.has(requirement)) return [`${id} is orphaned: no specification has ${requirement} (owner ${owner})`];
    if (isExpired(waiver, today)) return [`${id} of ${requirement} expired on ${expires} (owner ${owner})`];
    const one = judged.get(requirement);
    if (one === undefined) return [];
    // What these rules find is for a search of the tree to say, and so is whether it is accepted for nothing.
    if (rule?.startsWith("hygiene/")) return [];
    if (rule !== undefined) return [`${id} of ${requirement} is not needed: ${rule} found nothing (owner ${owner})`];
    if (one.missing.some((missing) => missing === rung)) return [];
    return [`${id} of ${requirement} is not needed: nothing is missing at the rung ${rung} (owner ${owner})`];
  });
}
