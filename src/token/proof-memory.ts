/** Remembers proofs of possession. @returns whether this one was there before, or cannot be remembered any more */
export type SeenProof = (id: string, untilMs: number, nowMs: number) => boolean;

/**
 * Remembers in memory which proofs were seen, each for as long as it would be taken. When it is full of proofs that are still
 * good it takes no others: refusing is safe, forgetting is not. One process's own; a capability is good only once over
 * all of them anyway.
 *
 * @param capacity - most proofs that are held; 100 000 take some 10 MB
 */
export function createProofMemory(capacity = 100_000): SeenProof {
  const until = new Map<string, number>();
  return (id, untilMs, nowMs) => {
    // In the order in which they were seen, which is nearly the one in which they end.
    for (const [old, endMs] of until) {
      if (endMs > nowMs) break;
      until.delete(old);
    }
    if (until.has(id) || until.size >= capacity) return true;
    until.set(id, untilMs);
    return false;
  };
}
