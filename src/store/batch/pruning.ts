/**
 * How long what was taken is kept after it last counted, in milliseconds: 25 hours. Rules may accept a token that lives for a
 * day, with a leeway of a minute at either end, and no longer (`policies/token/data.schema.json`).
 */
const keptMs = 25 * 3_600_000;

/** The most by which clocks may differ: a token may be used so many seconds before it was issued. */
const maxLeewayS = 60;

/** How many rows are forgotten at once. A batch takes milliseconds: whoever wants to take something hardly waits for it. */
export const pruneRows = 250;

/**
 * What last counted before this moment may be forgotten: every token that a nonce of then can be of has expired.
 *
 * @requirement EXE-04
 */
export function prunableBeforeMs(nowMs: number): number {
  return nowMs - keptMs;
}

/**
 * Since when nonces are remembered once some are forgotten: every token that one of them can be of was issued before. The
 * rules refuse such a token whatever the clock says, so that nothing that was used can be used again, also where the
 * clock was wrong when it was forgotten, or is now. INVARIANT: this is stored no later than the nonces are gone.
 *
 * @param newestMs - when the newest of them was taken
 * @returns seconds since the epoch
 * @requirement EXE-04
 */
export function sinceAfter(newestMs: number): number {
  return Math.floor(newestMs / 1000) + maxLeewayS + 1;
}

/**
 * Whether nothing of a quota counts any more, nor did since `beforeMs`.
 *
 * @param lastMs - when it was last taken from; null where it was not
 */
export function isIdle(lastMs: number | null, windowMs: number, beforeMs: number): boolean {
  return lastMs === null || lastMs + windowMs <= beforeMs;
}
