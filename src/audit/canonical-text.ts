import canonicalize from "canonicalize";

/**
 * Canonical JSON (RFC 8785) of an entry: what `canonicalize` gives, in less than half its time. Keys are put in order and the
 * engine's own `JSON.stringify`, whose strings and numbers are those of the RFC, does the rest. Whatever that would not write as the
 * RFC has it goes to the library.
 *
 * @returns undefined where there is no JSON form
 * @throws Error where a string holds half a surrogate pair, or a number is not finite
 */
export function canonicalText(value: unknown): string | undefined {
  const ordered = inOrder(value);
  return ordered === unusual ? canonicalize(value) : JSON.stringify(ordered);
}

/** Stands for what is left to the library. */
const unusual = Symbol("unusual");

function inOrder(value: unknown): unknown {
  if (typeof value === "string") return value.isWellFormed() ? value : unusual;
  if (typeof value === "number") return Number.isFinite(value) ? value : unusual;
  if (typeof value === "boolean" || value === null) return value;
  if (typeof value !== "object" || "toJSON" in value) return unusual;
  return Array.isArray(value) ? listInOrder(value) : objectInOrder(value);
}

function listInOrder(list: readonly unknown[]): unknown {
  let changed: unknown[] | undefined;
  for (let at = 0; at < list.length; at += 1) {
    const item = list[at];
    const next = inOrder(item);
    if (next === unusual) return unusual;
    if (changed === undefined && next !== item) changed = list.slice(0, at);
    changed?.push(next);
  }
  return changed ?? list;
}

/** Keys that look like whole numbers come first in every object, wherever they were put, and `__proto__` is no key of one. */
const usualKey = /^[A-Za-z][A-Za-z0-9_]*$/;

function objectInOrder(object: object): unknown {
  const ordered: Record<string, unknown> = {};
  for (const key of Object.keys(object).sort()) {
    if (!usualKey.test(key)) return unusual;
    const next = inOrder(Reflect.get(object, key));
    if (next === unusual) return unusual;
    ordered[key] = next;
  }
  return ordered;
}
