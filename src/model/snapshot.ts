import type { JsonValue } from "./json-value.js";
import { err, ok, type Result } from "./result.js";

/** Bounds of a value that is copied. `units` counts UTF-16 code units of all keys and strings together. */
export type SnapshotBounds = { readonly depth: number; readonly nodes: number; readonly units: number };

/** Bounds that hold for a decision input, a command or a finding; deeper or larger values are no such thing. */
export const snapshotBounds: SnapshotBounds = { depth: 50, nodes: 100_000, units: 4 * 1024 * 1024 };

/**
 * Copies an untrusted value once, so that what is checked is what is used. Only plain JSON passes: own enumerable
 * string keys, data properties, no `__proto__`, no array holes, finite numbers, well-formed strings, no cycle.
 * Nothing of the value is called; a proxy can only choose what is copied.
 *
 * @returns on failure one sentence with the way to what is wrong
 */
export function snapshot(value: unknown, bounds: SnapshotBounds = snapshotBounds): Result<JsonValue, string> {
  const left = { nodes: bounds.nodes, units: bounds.units };
  const copy = (from: unknown, depth: number, at: string): Result<JsonValue, string> => {
    left.nodes -= 1;
    if (left.nodes < 0) return err(`more than ${bounds.nodes} nodes`);
    if (typeof from === "string") return copyText(from, at);
    if (from === null || typeof from === "boolean") return ok(from);
    if (typeof from === "number") return Number.isFinite(from) ? ok(from) : err(`${at} is not a finite number`);
    if (typeof from !== "object") return err(`${at} is a ${typeof from}`);
    if (depth >= bounds.depth) return err(`${at} is nested deeper than ${bounds.depth}`);
    return Array.isArray(from) ? copyArray(from, depth, at) : copyObject(from, depth, at);
  };
  const copyText = (text: string, at: string): Result<string, string> => {
    left.units -= text.length;
    if (left.units < 0) return err(`more than ${bounds.units} characters`);
    return text.isWellFormed() ? ok(text) : err(`${at} holds half a surrogate pair`);
  };
  const copyArray = (from: readonly unknown[], depth: number, at: string): Result<JsonValue, string> => {
    const { length } = from;
    if (length > left.nodes) return err(`more than ${bounds.nodes} nodes`);
    const items: JsonValue[] = [];
    for (let index = 0; index < length; index += 1) {
      const item = copyMember(from, String(index), depth, `${at}[${index}]`);
      if (!item.ok) return item;
      items.push(item.value);
    }
    return ok(items);
  };
  const copyObject = (from: object, depth: number, at: string): Result<JsonValue, string> => {
    const prototype: unknown = Object.getPrototypeOf(from);
    if (prototype !== null && prototype !== Object.prototype) return err(`${at} is not a plain object`);
    const entries: [string, JsonValue][] = [];
    for (const key of Reflect.ownKeys(from)) {
      if (typeof key !== "string") return err(`${at} has a symbol for a key`);
      if (key === "__proto__") return err(`${at} has the key __proto__`);
      const name = copyText(key, `a key of ${at}`);
      if (!name.ok) return name;
      const member = copyMember(from, key, depth, `${at}.${key.slice(0, 100)}`);
      if (!member.ok) return member;
      entries.push([key, member.value]);
    }
    return ok(Object.fromEntries(entries));
  };
  const copyMember = (from: object, key: string, depth: number, at: string): Result<JsonValue, string> => {
    const property = Object.getOwnPropertyDescriptor(from, key);
    if (property === undefined) return err(`${at} is missing`);
    if (!("value" in property) || property.enumerable !== true) return err(`${at} is an accessor or hidden`);
    return copy(property.value, depth + 1, at);
  };
  try {
    return copy(value, 0, "the value");
  } catch {
    // Only a proxy's trap can throw here.
    return err("the value cannot be read");
  }
}
