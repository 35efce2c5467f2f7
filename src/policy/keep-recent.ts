/**
 * Keeps the results of a pure function for the arguments it was last called with: a file that has not changed since is
 * not read again. Results must not be changed by whoever gets them.
 *
 * @param limit - how many results are kept, the oldest going first
 */
export function keepRecent<T>(make: (...texts: readonly string[]) => T, limit: number): (...texts: string[]) => T {
  const kept = new Map<string, T>();
  return (...texts) => {
    const key = texts.join("\0");
    const known = kept.get(key);
    const value = known ?? make(...texts);
    // Taken out and put back, so that it is the youngest.
    kept.delete(key);
    kept.set(key, value);
    const [oldest] = kept.keys();
    if (kept.size > limit && oldest !== undefined) kept.delete(oldest);
    return value;
  };
}
