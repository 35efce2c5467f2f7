import Type, { type Static } from "typebox";
import { closed, RequirementId, RuleId, Text } from "./scalars.js";

const CaseId = Type.String({ pattern: "^[a-z0-9]+(-[a-z0-9]+)*-[0-9]{3}$", maxLength: 100 });
const NoteId = Type.String({ pattern: "^[a-z][a-z0-9-]*$", maxLength: 60 });

/** What a case says must come of its input. */
export const Expectation = Type.Object(
  {
    decision: Type.Enum(["allow", "deny"]),
    /** What stops it; absent for an allow. */
    phase: Type.Optional(Type.Enum(["parse", "policy", "sandbox", "filter"])),
    /** The exact set of rules that refuse, for phase `policy`. */
    violations: Type.Optional(Type.Array(RuleId, { minItems: 1, uniqueItems: true })),
    /** Where the parser stopped, in UTF-16 code units from 0, for phase `parse`. */
    offset: Type.Optional(Type.Integer({ minimum: 0 })),
    /** For an allow that runs: what its standard output must be. */
    stdout: Type.Optional(Text(10_000)),
    /** For an entrypoint `output`: the treatment. */
    treatment: Type.Optional(Type.Enum(["pass", "redact", "tokenise", "block"])),
  },
  closed,
);
export type Expectation = Static<typeof Expectation>;

/**
 * What a case puts in. `command` is a string for the parser, `argv` skips it. `request`, `output` and `access` are merged
 * (RFC 7396) over the suite's `base` to give an entrypoint's input.
 */
export const CaseInput = Type.Object(
  {
    command: Type.Optional(Text(200_000)),
    argv: Type.Optional(Type.Array(Text(200_000), { minItems: 1 })),
    profile: Type.Optional(Text(100)),
    request: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    output: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    access: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    /** Repeats `command` or its last word, for inputs too long to write. */
    repeat: Type.Optional(Type.Integer({ minimum: 2, maximum: 100_000 })),
  },
  closed,
);
export type CaseInput = Static<typeof CaseInput>;

/** One named attack, or its passing twin. */
export const Case = Type.Object(
  {
    id: CaseId,
    title: Type.String({ minLength: 5, maxLength: 200 }),
    requirements: Type.Optional(Type.Array(RequirementId, { minItems: 1, uniqueItems: true })),
    flags: Type.Optional(Type.Array(NoteId, { uniqueItems: true })),
    input: CaseInput,
    expect: Expectation,
    /** A withdrawn case keeps its id. */
    withdrawn: Type.Optional(Text(500)),
    /** Expected to fail for now, with the reason; passing is then an error. */
    xfail: Type.Optional(Text(500)),
    /** Not run, with the reason. */
    skip: Type.Optional(Text(500)),
  },
  { ...closed, $id: "lockkeeper/case/v1" },
);
export type Case = Static<typeof Case>;

/** A file of `specs/attacks/`. */
export const Suite = Type.Object(
  {
    schema: Type.Literal("lockkeeper/suite/v1"),
    suite: Type.String({ pattern: "^[a-z0-9]+(-[a-z0-9]+)*$", maxLength: 80 }),
    title: Text(200),
    requirements: Type.Array(RequirementId, { minItems: 1, uniqueItems: true }),
    source: Type.Object({ name: Text(200), version: Text(60), url: Type.Optional(Text(500)) }, closed),
    notes: Type.Record(
      NoteId,
      Type.Object({ bug_type: Text(100), text: Text(1000), links: Type.Array(Text(500)) }, closed),
    ),
    /** Merged under every case's `request`, `output` or `access`. */
    base: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    cases: Type.Array(Case, { minItems: 1, maxItems: 5000 }),
  },
  { ...closed, $id: "lockkeeper/suite/v1" },
);
export type Suite = Static<typeof Suite>;
