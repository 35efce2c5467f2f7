/** One measured figure, with its bar and, where there is one, the peer it was measured beside. */
export type Figure = {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What the figure must reach, in words. */
  readonly bar?: string;
  readonly met?: boolean;
  readonly peer?: { readonly name: string; readonly value: number };
  /** The peer's value over ours where less is better: how many times as good ours is. */
  readonly ratio?: number;
  /** Why something was not measured. */
  readonly skipped?: string;
};

/** The value at a share of a sorted list: 0.5 is the median. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Rounds to three significant digits, as much as a noisy machine can tell. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
