import type { SpecRequirement, Specs } from "./specs.js";

/**
 * Tells whether a requirement is in force in a version of the product: `since` is not later.
 *
 * @param version - `major.minor` or longer; only the first two numbers count
 */
export function isInForce({ since }: Pick<SpecRequirement, "since">, version: string): boolean {
  const [major = 0, minor = 0] = numbersOf(since);
  const [ourMajor = 0, ourMinor = 0] = numbersOf(version);
  return major === ourMajor ? minor <= ourMinor : major < ourMajor;
}

/** The requirements in force that no case speaks for, withdrawn and skipped ones aside, in the order they are written. */
export function withoutCase(specs: Specs, version: string): readonly SpecRequirement[] {
  const cases = specs.suites.flatMap((suite) => suite.cases);
  const runs = cases.filter(({ withdrawn, skip }) => withdrawn === undefined && skip === undefined);
  const cited = new Set(runs.flatMap((item) => item.requirements));
  return specs.requirements.filter((item) => isInForce(item, version) && !cited.has(item.id));
}

function numbersOf(version: string): readonly number[] {
  return version.split(".").map(Number);
}
