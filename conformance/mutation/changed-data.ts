import { isJsonObject, type JsonObject, type JsonValue } from "../../src/index.js";

/** A value that is set, or removed where there is none. */
export type DataChange = { readonly path: readonly (string | number)[]; readonly value?: JsonValue };

/** Data with one change in it; what is not on the way to it is shared. A path that leads nowhere changes nothing. */
export function changedData(data: JsonObject, { path, value }: DataChange): JsonObject {
  const [area = "", ...rest] = path;
  const found = data[area];
  return found === undefined ? data : { ...data, [area]: valueWith(found, rest, value) };
}

function valueWith(here: JsonValue, [key, ...rest]: DataChange["path"], value: JsonValue | undefined): JsonValue {
  if (Array.isArray(here)) {
    return here.flatMap((one, n) => (n === key ? withoutOr(one, rest, value) : [one]));
  }
  if (!isJsonObject(here)) return here;
  return Object.fromEntries(
    Object.entries(here).flatMap(([name, one]): [string, JsonValue][] => {
      if (one === undefined) return [];
      return name === key ? withoutOr(one, rest, value).map((now) => [name, now]) : [[name, one]];
    }),
  );
}

/** What is left of a value on the way: nothing where the way ends and there is no other. */
function withoutOr(one: JsonValue, rest: DataChange["path"], value: JsonValue | undefined): JsonValue[] {
  if (rest.length > 0) return [valueWith(one, rest, value)];
  return value === undefined ? [] : [value];
}
