/** The world outside, handed in by whoever assembles a program. Real ones live in `host/`. */

/** Wall-clock time. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z, an integer. */
  nowMs(): number;
}

/** A source of random bytes fit for keys and ids. */
export interface Random {
  /** @param length - at most 65 536 bytes */
  bytes(length: number): Uint8Array;
}
