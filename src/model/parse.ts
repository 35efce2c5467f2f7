import { Ajv2020, type ErrorObject, type Options, type ValidateFunction } from "ajv/dist/2020.js";
import type { Static, TSchema } from "typebox";
import { err, ok, type Result } from "./result.js";

/** One place where a value is not what its schema says. `path` is a JSON Pointer (RFC 6901), empty for the root. */
export type Issue = { readonly path: string; readonly message: string; readonly key?: string };

/** Checks an unknown value against a schema and types it ever after. At most 100 issues are listed. */
export type Parser<T> = (value: unknown) => Result<T, readonly Issue[]>;

/**
 * Makes a parser from a schema. The schema is compiled when the parser is first called, so that a program pays only
 * for the contracts it uses. The value itself is returned: copy untrusted objects before (see `snapshot`).
 */
export function parserOf<S extends TSchema>(schema: S): Parser<Static<S>> {
  let compiled: ValidateFunction | undefined;
  return (value) => {
    compiled ??= contractAjv().compile(schema);
    return holds<Static<S>>(compiled, value) ? ok(value) : err(issuesOf(compiled.errors ?? []));
  };
}

/** Makes a parser from a JSON Schema that is itself data; an unusable schema throws. */
export function parserOfJsonSchema(schema: object): Parser<unknown> {
  const meta = metaAjv();
  if (meta.validateSchema(schema) !== true) throw new Error(`schema is invalid: ${meta.errorsText()}`);
  // One of its own, for two schemas that are data may have the same id.
  const compiled = newAjv({ validateSchema: false }).compile(schema);
  return (value) => (compiled(value) ? ok(value) : err(issuesOf(compiled.errors ?? [])));
}

/** One that holds schemas to the meta-schema, which it compiles once. */
let metaShared: Ajv2020 | undefined;
function metaAjv(): Ajv2020 {
  metaShared ??= newAjv({});
  return metaShared;
}

/** One for all contracts. They are our own, and a test holds them to the meta-schema, whose compilation costs 50 ms. */
let shared: Ajv2020 | undefined;
function contractAjv(): Ajv2020 {
  shared ??= newAjv({ validateSchema: false });
  return shared;
}

function newAjv(options: Options): Ajv2020 {
  const strict = { strict: true, strictTypes: false, strictTuples: false, strictRequired: false };
  return new Ajv2020({ ...strict, allErrors: true, validateFormats: false, ...options });
}

/** INVARIANT: `compiled` was made from the schema whose static type is T, so a true answer means the value is a T. */
function holds<T>(compiled: ValidateFunction, value: unknown): value is T {
  return compiled(value);
}

function issuesOf(errors: readonly ErrorObject[]): Issue[] {
  return errors.slice(0, 100).map((error) => {
    const key = keyOf(error);
    const message = `${error.message ?? "is not valid"}${key === undefined ? "" : `: ${JSON.stringify(key)}`}`;
    return key === undefined ? { path: error.instancePath, message } : { path: error.instancePath, message, key };
  });
}

function keyOf(error: ErrorObject): string | undefined {
  const { additionalProperty, missingProperty, propertyName, allowedValues } = error.params;
  for (const key of [additionalProperty, missingProperty, propertyName]) if (typeof key === "string") return key;
  return Array.isArray(allowedValues) ? allowedValues.join(" | ") : undefined;
}
