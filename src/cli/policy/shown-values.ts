import type { JsonObject } from "../../model/index.js";

/** Where values come from: variables of the rule as Rego writes them, the input and the data. */
export type Values = {
  readonly locals: Readonly<Record<string, string>>;
  readonly input: JsonObject;
  readonly data: JsonObject;
};

/** The longest value shown, in characters. */
const longest = 120;

/** The values of the variables and of the plain references (`input.a.b`, `item.name`) in an expression. */
export function valuesIn(text: string, { locals, input, data }: Values): Record<string, string> {
  const values: Record<string, string> = {};
  const code = text.replaceAll(/"(?:[^"\\]|\\.)*"|`[^`]*`/g, '""');
  for (const [reference] of code.matchAll(/(?<![\w.])[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*(?![\w.(])/g)) {
    const [head = "", ...path] = reference.split(".");
    if (head === "input") values[reference] = at(input, path);
    else if (head === "data") {
      const value = at(data, path);
      // Rules are under `data`, too, and only the compiler knows them.
      if (value !== "undefined") values[reference] = value;
    } else if (Object.hasOwn(locals, head)) values[reference] = ofLocal(locals[head] ?? "", path);
  }
  return values;
}

/** A value as JSON on one line; a long one is cut, and of a long object only the size is told. */
export function shownValue(value: unknown): string {
  const text = JSON.stringify(value) ?? "undefined";
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject && text.length > 2 * longest ? `an object of ${Object.keys(value).length} keys` : cut(text);
}

function at(root: unknown, path: readonly string[]): string {
  let value = root;
  for (const part of path) {
    value = typeof value === "object" && value !== null && Object.hasOwn(value, part) ? child(value, part) : undefined;
  }
  return value === undefined ? "undefined" : shownValue(value);
}

function child(value: object, key: string): unknown {
  return Object.entries(value).find(([name]) => name === key)?.[1];
}

/** Rego writes sets and objects with other keys than JSON can; such a value is shown whole. */
function ofLocal(text: string, path: readonly string[]): string {
  if (path.length === 0) return cut(text);
  try {
    return at(JSON.parse(text), path);
  } catch {
    return cut(text);
  }
}

function cut(text: string): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}
