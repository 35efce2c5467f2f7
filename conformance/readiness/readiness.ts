import { checkCoverage, checkErrorCodes, checkExamples, checkHygiene, checkSchemas } from "./file-checks.js";
import type { ReadinessFinding, ReadinessStatus, ReadinessWorld } from "./finding.js";
import { type ReadinessFile, type ReadinessItem, type ReadinessSources, readinessItems } from "./readiness-file.js";
import {
  checkEngines,
  checkFigures,
  checkReached,
  checkRequirements,
  checkTests,
  checkThreats,
} from "./report-checks.js";

/** One item of the checklist, as computed. */
export type ReadinessRow = {
  readonly item: ReadinessItem;
  readonly title: string;
  readonly status: ReadinessStatus;
  /** What it was computed from; those that do not hold first. */
  readonly findings: readonly ReadinessFinding[];
};

/**
 * Computes the checklist: each item holds if everything it is computed from does. What nobody looked at is unknown, and
 * so is an item that nothing is named for; no status is ever taken from the file.
 *
 * @requirement HAR-13
 */
export function readiness({ items }: ReadinessFile, world: ReadinessWorld): readonly ReadinessRow[] {
  return itemNames.map((item) => {
    const sources = items[item];
    const findings = sources === undefined ? [] : findingsOf(sources, world);
    const sorted = findings.toSorted((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
    return { item, title: readinessItems[item], status: sorted[0]?.status ?? "unknown", findings: sorted };
  });
}

/** The worst first: it is the item's status. */
const order: readonly ReadinessStatus[] = ["no", "unknown", "yes"];

const itemNames: readonly ReadinessItem[] = [
  "error_handling",
  "input_validation",
  "logging",
  "configuration",
  "coverage",
  "documentation",
  "compatibility",
  "security",
  "performance",
];

/** @requirement HAR-13 */
function findingsOf(sources: ReadinessSources, world: ReadinessWorld): readonly ReadinessFinding[] {
  const look = <T>(value: T | undefined, check: (world: ReadinessWorld, value: T) => readonly ReadinessFinding[]) =>
    value === undefined ? [] : check(world, value);
  return [
    ...look(sources.requirements, checkRequirements),
    ...look(sources.reached, checkReached),
    ...look(sources.tests, checkTests),
    ...look(sources.error_codes, checkErrorCodes),
    ...look(sources.schemas, checkSchemas),
    ...look(sources.coverage, checkCoverage),
    ...look(sources.examples, checkExamples),
    ...look(sources.engines, checkEngines),
    ...look(sources.hygiene, checkHygiene),
    ...look(sources.threats, checkThreats),
    ...look(sources.figures, checkFigures),
  ];
}
