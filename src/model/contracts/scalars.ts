import Type from "typebox";

/** 32 bytes as 64 lower-case hexadecimal digits. */
export const Sha256 = Type.String({ pattern: "^[0-9a-f]{64}$" });

/** A rule's id: area, slash, name, as written in its METADATA. */
export const RuleId = Type.String({ pattern: "^[a-z][a-z0-9_]*/[a-z][a-z0-9_]*$", maxLength: 100 });

/** A requirement's permanent id, for example `EXE-15` or `SBX-I4`. */
export const RequirementId = Type.String({ pattern: "^[A-Z][A-Z0-9]*(-[A-Z0-9]+)+$", maxLength: 60 });

/** A lower-case name of data: profile, program, limit, channel. */
export const Name = Type.String({ pattern: "^[a-z0-9][a-z0-9_.+-]*$", maxLength: 100 });

/** A role, as tokens name it: `ADMIN`, `requester`. */
export const Role = Type.String({ pattern: "^[A-Za-z][A-Za-z0-9_-]*$", maxLength: 64 });

/** Milliseconds since the epoch, or a length of time in milliseconds. */
export const Millis = Type.Integer({ minimum: 0, maximum: 8_640_000_000_000_000 });

/** A whole number that JSON and Rego both hold exactly. */
export const Count = Type.Integer({ minimum: 0, maximum: 9_007_199_254_740_991 });

/** Text of the outside: bounded, never interpreted. */
export const Text = (maxLength: number) => Type.String({ maxLength });

/** No other keys than those named. */
export const closed = { additionalProperties: false } as const;

/** A value, or null where there is none. */
export const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** Names of environment variables, as POSIX has them. */
export const EnvName = Type.String({ pattern: "^[A-Za-z_][A-Za-z0-9_]*$", maxLength: 256 });

/** An object whose keys all have the given form. */
export function recordOf<V extends Type.TSchema>(
  key: Type.TString,
  value: V,
): Type.TUnsafe<Record<string, Type.Static<V>>> {
  return Type.Unsafe<Record<string, Type.Static<V>>>(Type.Record(key, value, { additionalProperties: false }));
}
