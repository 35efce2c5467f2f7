/** Plain JSON, as data: what files, bodies and policies are made of. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

/** A JSON object. Its keys come from outside, so a missing one is always possible. */
export type JsonObject = { readonly [key: string]: JsonValue };

/** Tells an object from an array, null and the scalars. */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Tells any object with string keys from arrays, null and scalars, where nothing is known of the value yet. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
