import Type, { type Static } from "typebox";
import { ladders } from "./requirement.js";
import { closed, RequirementId, RuleId, Text } from "./scalars.js";

const person = Type.String({ minLength: 1, maxLength: 200, pattern: "\\S" });
const rungs = Object.values(ladders).flat();

/** The named key has to be there; the validator wants it declared where it is required. */
const only = (key: string) => ({ properties: { [key]: {} }, required: [key] });

/**
 * A gap that somebody answers for until a day. It excuses one rung of a requirement's ladder, or one rule that found
 * something. Expired, orphaned and unneeded waivers fail a run; they are not errors of the file.
 */
export const Waiver = Type.Object(
  {
    id: Type.String({ pattern: "^waiver-[0-9]{3,6}$" }),
    requirement: RequirementId,
    /** The rung that is missing. */
    rung: Type.Optional(Type.Enum([...new Set(rungs)])),
    /** The rule whose finding is accepted. */
    rule: Type.Optional(RuleId),
    /** The one file in which it is accepted, as it is called from the repository's root; without it, everywhere. */
    path: Type.Optional(Type.String({ minLength: 1, maxLength: 4096 })),
    reason: Type.String({ minLength: 10, maxLength: 2000, pattern: "\\S" }),
    /** Who closes the gap. */
    owner: person,
    /** Who accepted it. */
    approver: person,
    /** The last day it holds, in UTC: `YYYY-MM-DD`. */
    expires: Type.String({ pattern: "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$" }),
  },
  {
    ...closed,
    $id: "lockkeeper/waiver/v1",
    oneOf: [only("rung"), only("rule")],
    dependentRequired: { path: ["rule"] },
  },
);
export type Waiver = Static<typeof Waiver>;

/** The file `specs/waivers.yaml`. */
export const WaiverFile = Type.Object(
  {
    schema: Type.Literal("lockkeeper/waivers/v1"),
    title: Text(200),
    waivers: Type.Array(Waiver, { maxItems: 1000 }),
  },
  { ...closed, $id: "lockkeeper/waivers/v1" },
);
export type WaiverFile = Static<typeof WaiverFile>;
