import { isRecord } from "../../src/index.js";

/**
 * Applies a JSON merge patch: objects are merged, null removes a key, anything else replaces. Neither side is changed.
 *
 * Both sides are JSON as the strict readers give it, in which `__proto__` is no key and depth is bounded.
 *
 * @see RFC 7396, section 2
 */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const merged = new Map(isRecord(target) ? Object.entries(target) : []);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else merged.set(key, mergePatch(merged.get(key), value));
  }
  return Object.fromEntries(merged);
}
