import Type, { type Static } from "typebox";
import { Limits, RequiredIsolation } from "./isolation.js";
import { Count, closed, EnvName, Millis, Name, RequirementId, RuleId, recordOf, Text } from "./scalars.js";

/** The entrypoints, each a rule of package `main`. Those not in force yet are absent from the bundle, which is a deny. */
export const entrypoints = ["request", "tool", "output", "access", "guardian", "alert"] as const;
export type Entrypoint = (typeof entrypoints)[number];

/** One reason to refuse. Id and requirements come from the rule's METADATA. */
export const Violation = Type.Object(
  {
    rule: RuleId,
    message: Text(2000),
    requirements: Type.Array(RequirementId, { maxItems: 20 }),
    detail: Type.Record(Type.String(), Type.Unknown()),
  },
  closed,
);
export type Violation = Static<typeof Violation>;

/** One quota to consume: `used + amount <= limit` is checked again when the ledger opens. */
export const Consumption = Type.Object({ key: Text(600), window_ms: Millis, limit: Count, amount: Count }, closed);
export type Consumption = Static<typeof Consumption>;

/** What is done with a finding in output. */
export const Treatment = Type.Object(
  { treatment: Type.Enum(["pass", "redact", "tokenise", "block"]), alert: Type.Boolean() },
  closed,
);
export type Treatment = Static<typeof Treatment>;

/** What must be done if the answer is to be carried out. A refusal obliges to nothing, and `run` is null. */
export const Obligations = Type.Object(
  {
    /** The executable and the environment policy fixes for it; null unless a command is allowed. */
    run: Type.Union([
      Type.Object({ path: Text(4096), env: recordOf(EnvName, Text(131_072)), risk: Name }, closed),
      Type.Null(),
    ]),
    isolation: RequiredIsolation,
    limits: Type.Union([Limits, Type.Null()]),
    consume: Type.Array(Consumption, { maxItems: 100 }),
    filter: Type.Union([Treatment, Type.Null()]),
  },
  closed,
);
export type Obligations = Static<typeof Obligations>;

/** The answer of every entrypoint: always defined, always this shape. */
export const Decision = Type.Object(
  { allow: Type.Boolean(), violations: Type.Array(Violation, { maxItems: 1000 }), obligations: Obligations },
  { ...closed, $id: "lockkeeper/decision/v1" },
);
export type Decision = Static<typeof Decision>;

/** A refusal that owes nothing to any policy: what every failure ends as. */
export function refusal(rule: string, message: string, requirements: readonly string[] = []): Decision {
  return {
    allow: false,
    violations: [{ rule, message, requirements: [...requirements], detail: {} }],
    obligations: { run: null, isolation: { profile: null, requires: [] }, limits: null, consume: [], filter: null },
  };
}
