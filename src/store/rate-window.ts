/** How many of something may be within a window of time. */
export type RateLimit = { readonly window_ms: number; readonly limit: number };

/**
 * How long somebody has to wait who asks once more, by a sliding window counter: what was counted in the window before
 * counts by the share of it that still lies within the last `window_ms`. An estimate; what decides is the ledger.
 *
 * @param previous - counted in the window before
 * @param current - counted in this one, the one who asks included
 * @param elapsedMs - of this window
 * @returns milliseconds, from 1, or null where nobody has to wait
 * @requirement SBX-52
 */
export function waitMs(
  previous: number,
  current: number,
  elapsedMs: number,
  { window_ms, limit }: RateLimit,
): number | null {
  // In whole numbers, multiplied by the window, for shares of it would be rounded.
  if (previous * (window_ms - elapsedMs) + current * window_ms <= limit * window_ms) return null;
  // There is room once enough of the window before has left; where this one alone is full that is all of it, and then as much
  // of this one as is too many.
  return roomAfter(previous, limit - current, window_ms) + roomAfter(current - 1, limit - 1, window_ms) - elapsedMs;
}

/** How far into a window so many of the one before it have left that at most `room` of them count. */
function roomAfter(previous: number, room: number, windowMs: number): number {
  if (previous <= room) return 0;
  return room < 0 ? windowMs : Math.ceil(((previous - room) * windowMs) / previous);
}
