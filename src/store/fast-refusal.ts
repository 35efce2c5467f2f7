import type { RateLimit } from "./rate-window.js";

/**
 * Refuses fast what would be refused anyway, before anything is parsed or asked of a database. It never allows anything: who
 * is not refused here goes on to where it is decided. Nothing here rejects; a store that is away has no opinion.
 */
export interface FastRefusal extends AsyncDisposable {
  /**
   * Counts a request of somebody, unless it is one too many.
   *
   * @param who - such as a subject's id
   * @returns for how many milliseconds to wait; null where it is not refused here
   */
  waitMs(who: string, limits: readonly RateLimit[], nowMs: number): Promise<number | null>;
  /** Whether a nonce was remembered; false where nobody knows. */
  seen(nonce: string): Promise<boolean>;
  /** Remembers a nonce that the ledger has given out, for as long as its token could live. */
  remember(nonce: string, ttlMs: number): Promise<void>;
  /** Whether the store behind it answers. */
  isThere(): boolean;
}
