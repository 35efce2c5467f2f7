import Type, { type Static, type TSchema } from "typebox";
import { ApprovalFacts, CommandAction, Subject } from "../model/index.js";

const { id: Id, roles: Roles } = Subject.properties;
const { cmd_hash: Sha256 } = CommandAction.properties;
const { expires_ms: Millis } = ApprovalFacts.properties;
const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const closed = { additionalProperties: false } as const;

/** Why somebody asked or decided: never blank, at most 2 000 characters. */
export const Reason = Type.String({ minLength: 1, maxLength: 2000, pattern: "\\S" });

/** Where an approval stands. Only `pending` can be decided, only `approved` can be minted from. */
export const approvalStates = ["pending", "approved", "rejected", "revoked", "expired", "used"] as const;
export type ApprovalState = (typeof approvalStates)[number];

/** One person's yes or no, with the roles that their credential named then. */
export const ApprovalDecision = Type.Object(
  {
    by: Id,
    roles: Roles,
    verdict: Type.Enum(["approve", "reject", "revoke"]),
    at_ms: Millis,
    reason: Reason,
  },
  closed,
);
export type ApprovalDecision = Static<typeof ApprovalDecision>;

/** The look back at a break-glass: owed from the start, done by somebody else. */
export const Review = Type.Object(
  {
    state: Type.Enum(["due", "done"]),
    by: nullable(Id),
    at_ms: nullable(Millis),
    note: nullable(Reason),
  },
  closed,
);
export type Review = Static<typeof Review>;

/**
 * One approval as it is stored: what was asked, by whom and why, what people said, and what came of it. Who asked and who
 * decided are who their credentials said, never what a body says.
 */
export const Approval = Type.Object(
  {
    schema: Type.Literal("lockkeeper/approval/v1"),
    id: Id,
    /** Goes up by one with each change, from 1: what compare-and-set compares. */
    version: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
    state: Type.Enum([...approvalStates]),
    /** As it was written; null where an argv was given. */
    command: nullable(Type.String({ maxLength: 16_384 })),
    /** What will run: argv, cwd, env, stdin's hash, profile, workspace, limits, `cmd_hash`. */
    action: CommandAction,
    /** The unit of work that it belongs to. */
    task: nullable(Id),
    requested_by: Id,
    requested_at_ms: Millis,
    reason: Reason,
    decisions: Type.Array(ApprovalDecision, { maxItems: 64 }),
    /** From this moment nothing may be decided, minted or run on it. A token's life is shorter, and apart. */
    expires_ms: Millis,
    /** Asked for in an emergency: needs no other person's yes, always alerts, owes a review. */
    break_glass: Type.Boolean(),
    /** Null where none is owed. */
    review: nullable(Review),
    /** SHA-256 of the bundle that tokens are bound to; null where they are bound to none. */
    bundle_sha256: nullable(Sha256),
    /** Ids (`jti`) of the tokens that were minted, oldest first. */
    tokens: Type.Array(Id, { maxItems: 32 }),
    /** The execution that used it; null until one has. */
    execution_id: nullable(Id),
  },
  { ...closed, $id: "lockkeeper/approval/v1" },
);
export type Approval = Static<typeof Approval>;

/** The state of the switch that stops everything. Before anybody has moved it, `by`, `at_ms` and `reason` are null. */
export const KillSwitchState = Type.Object(
  { engaged: Type.Boolean(), by: nullable(Id), at_ms: nullable(Millis), reason: nullable(Reason) },
  { ...closed, $id: "lockkeeper/kill-switch/v1" },
);
export type KillSwitchState = Static<typeof KillSwitchState>;

/** What a store that nobody has written to answers. */
export const untouchedKillSwitch: KillSwitchState = { engaged: false, by: null, at_ms: null, reason: null };

/** The most records of one page. */
export const maxPage = 200;

/**
 * What the rules may know of an approval. One that expired before it was decided or used counts as not given.
 *
 * @requirement EXE-06
 */
export function facts(approval: Approval): ApprovalFacts {
  return {
    id: approval.id,
    state: approval.state === "expired" ? "pending" : approval.state,
    cmd_hash: approval.action.cmd_hash,
    requested_by: approval.requested_by,
    approvers: approversOf(approval),
    break_glass: approval.break_glass,
    expires_ms: approval.expires_ms,
  };
}

/**
 * Who has said yes, each once, in the order they said it; at most the 32 that the rules take.
 *
 * @requirement EXE-08
 */
export function approversOf(approval: Approval): string[] {
  const said = approval.decisions.filter((decision) => decision.verdict === "approve").map((decision) => decision.by);
  return [...new Set(said)].slice(0, 32);
}
