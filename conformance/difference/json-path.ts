import { isJsonObject, type JsonObject, type JsonValue } from "../../src/index.js";

/** The way to a part of a JSON value: keys and indexes from the root. */
export type JsonPath = readonly (string | number)[];

/** A part of a JSON value, and the way to it. */
export type JsonPart = { readonly path: JsonPath; readonly value: JsonValue };

/** The part at a path; undefined where there is none. */
export function partAt(root: JsonValue | undefined, path: JsonPath): JsonValue | undefined {
  let at: JsonValue | undefined = root;
  for (const step of path) {
    if (typeof step === "number") at = Array.isArray(at) ? at[step] : undefined;
    else at = isJsonObject(at) && Object.hasOwn(at, step) ? at[step] : undefined;
  }
  return at;
}

/** A copy with another value at the path, or with nothing there; the way to it is made where it is missing. */
export function withPart(root: JsonValue, path: JsonPath, value: JsonValue | undefined): JsonValue {
  const [step, ...rest] = path;
  if (step === undefined) return value ?? null;
  if (typeof step === "number") {
    const items = Array.isArray(root) ? root : [];
    if (rest.length === 0 && value === undefined) return items.toSpliced(step, 1);
    return items.toSpliced(step, 1, withPart(items[step] ?? null, rest, value));
  }
  const object: JsonObject = isJsonObject(root) ? root : {};
  if (rest.length === 0 && value === undefined) {
    return Object.fromEntries(Object.entries(object).filter(([key]) => key !== step));
  }
  const below = Object.hasOwn(object, step) ? (object[step] ?? {}) : {};
  return { ...object, [step]: withPart(below, rest, value) };
}

/** Every part of a value but the value itself, each before what is in it. */
export function* partsOf(root: JsonValue, path: JsonPath = []): Generator<JsonPart> {
  const entries: readonly (readonly [string | number, JsonValue])[] = Array.isArray(root)
    ? [...root.entries()]
    : isJsonObject(root)
      ? Object.entries(root)
      : [];
  for (const [step, value] of entries) {
    const at = [...path, step];
    yield { path: at, value };
    yield* partsOf(value, at);
  }
}

/** A path as people write it: `action.argv[2]`, `usage["a b"]`. */
export function pathText(path: JsonPath): string {
  return path
    .map((step, index) => {
      if (typeof step === "number") return `[${step}]`;
      if (!/^[\w-]+$/.test(step)) return `[${JSON.stringify(step)}]`;
      return index === 0 ? step : `.${step}`;
    })
    .join("");
}

/** Whether two JSON values are the same; the order of keys does not matter. */
export function sameJson(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => sameJson(item, b[index]));
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key]))
  );
}
