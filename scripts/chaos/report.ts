/** What was tried, what came of it, and everything that must not have been. */
export type Report = {
  readonly name: string;
  readonly figures: Readonly<Record<string, number>>;
  readonly faults: readonly string[];
};

/** A report as people read it. */
export function reportText({ name, figures, faults }: Report): string {
  const told = Object.entries(figures).map(([what, value]) => `${what.replaceAll("_", " ")} ${value}`);
  const shown = faults.slice(0, 20).map((fault) => `  ${fault}`);
  const more = faults.length > shown.length ? [`  … and ${faults.length - shown.length} more`] : [];
  return [`${faults.length === 0 ? "held  " : "FAILED"} ${name}: ${told.join(", ")}`, ...shown, ...more].join("\n");
}

/** The largest of many numbers; 0 of none. */
export function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}

/** What nineteen of twenty are at most; 0 of none. */
export function percentile95(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.95)] ?? 0;
}
