import Type, { type Static } from "typebox";
import { closed, RequirementId, Text } from "./scalars.js";

/** How a requirement is shown to hold; each method has a ladder of its own. */
export const methods = ["mutation", "measurement", "artifact", "inspection"] as const;
export type Method = (typeof methods)[number];

/** The rungs of each method's ladder, lowest first. */
export const ladders = {
  mutation: ["cited", "resolved", "passed", "executed", "killed"],
  measurement: ["cited", "measured", "within_bound"],
  artifact: ["cited", "present", "valid"],
  inspection: ["cited", "signed"],
} as const satisfies Record<Method, readonly string[]>;
export type Rung = (typeof ladders)[Method][number];

/** One verifiable statement. Nothing about code is in it: evidence is found from annotations. */
export const Requirement = Type.Object(
  {
    id: RequirementId,
    /** Goes up by one whenever the text changes. */
    rev: Type.Integer({ minimum: 1, maximum: 10_000 }),
    level: Type.Enum(["MUST", "SHOULD"]),
    method: Type.Enum([...methods]),
    text: Type.String({ minLength: 10, maxLength: 2000 }),
    source: Type.Object({ doc: Text(100), section: Text(200) }, closed),
    /** The version it comes into force in, `major.minor`. Until then it is planned. */
    since: Type.String({ pattern: "^[0-9]+\\.[0-9]+$" }),
  },
  { ...closed, $id: "lockkeeper/requirement/v1" },
);
export type Requirement = Static<typeof Requirement>;

/** A file of `specs/requirements/`. */
export const RequirementFile = Type.Object(
  {
    schema: Type.Literal("lockkeeper/requirements/v1"),
    title: Text(200),
    /** What the sources of this file are called, by short name. */
    sources: Type.Record(Type.String(), Type.Object({ title: Text(200), date: Text(10) }, closed)),
    requirements: Type.Array(Requirement, { minItems: 1, maxItems: 5000 }),
  },
  { ...closed, $id: "lockkeeper/requirements/v1" },
);
export type RequirementFile = Static<typeof RequirementFile>;
