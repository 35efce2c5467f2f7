import { isRecord } from "../../src/index.js";

/** One place where what was attested is not what is found. Values are JSON, undefined where there is none. */
export type Difference = {
  /** A JSON Pointer (RFC 6901) into the statement; items that have a name stand under it. */
  readonly path: string;
  readonly attested: string | undefined;
  readonly found: string | undefined;
};

/**
 * Compares two JSON values place by place, in the order of their keys.
 *
 * @requirement HAR-11
 */
export function differencesBetween(attested: unknown, found: unknown, path = ""): readonly Difference[] {
  const [left, right] = [partsOf(attested), partsOf(found)];
  if (left === undefined || right === undefined || Array.isArray(attested) !== Array.isArray(found)) {
    const [a, b] = [jsonOf(attested), jsonOf(found)];
    return a === b ? [] : [{ path, attested: a, found: b }];
  }
  const keys = [...new Set([...left.keys(), ...right.keys()])].sort();
  return keys.flatMap((key) =>
    differencesBetween(left.get(key), right.get(key), `${path}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`),
  );
}

/**
 * Lists of named things are taken by their names, lists of texts by the texts, other lists by place.
 *
 * @requirement HAR-11
 */
function partsOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (!Array.isArray(value)) return isRecord(value) ? new Map(Object.entries(value)) : undefined;
  const items: readonly unknown[] = value;
  const names = items.map((item) => (isRecord(item) ? item.name : item));
  const named = new Set(names).size === names.length && names.every((name) => typeof name === "string");
  return new Map(items.map((item, index) => [named ? String(names[index]) : String(index), item] as const));
}

function jsonOf(value: unknown): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value);
}
