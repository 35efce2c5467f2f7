import Type, { type Static } from "typebox";
import { Obligations, Violation } from "./decision.js";
import { CommandAction } from "./decision-input.js";
import { IsolationFacts } from "./isolation.js";
import { Count, closed, Millis, Name, nullable, Role, RuleId, Sha256, Text } from "./scalars.js";

const ExecutionId = Type.String({ pattern: "^[A-Za-z0-9_-]{8,64}$" });

const head = {
  schema: Type.Literal("lockkeeper/audit-entry/v1"),
  /** The writer process's own chain; each writer numbers from 1. */
  writer: Text(64),
  seq: Count,
  at_ms: Millis,
  /** SHA-256 of the entry before, as stored; 64 zeros for the first. */
  prev_sha256: Sha256,
};

/** Written durably before anything runs, and for every refusal. */
export const IntentEntry = Type.Object(
  {
    ...head,
    kind: Type.Literal("intent"),
    execution_id: ExecutionId,
    channel: Name,
    subject: Text(256),
    approval_id: nullable(Text(256)),
    approvers: Type.Array(Text(256), { maxItems: 32 }),
    token_id: nullable(Text(256)),
    /** Filtered before it gets here. Null where the request could not be parsed to a command. */
    action: nullable(CommandAction),
    /** What was asked for, as it was written; filtered. Null where nothing was. */
    command: nullable(Text(16_384)),
    bundle_sha256: nullable(Sha256),
    isolation: nullable(IsolationFacts),
    decision: Type.Enum(["allow", "deny"]),
    violations: Type.Array(Violation, { maxItems: 1000 }),
    obligations: Obligations,
  },
  closed,
);
export type IntentEntry = Static<typeof IntentEntry>;

/** How an execution came to its end. */
export const EndEntry = Type.Object(
  {
    ...head,
    kind: Type.Literal("end"),
    execution_id: ExecutionId,
    outcome: Type.Enum(["exited", "signalled", "timeout", "output_limit", "stopped", "not_started", "interrupted"]),
    /** The rule or error code that kept it from starting, or its output from being shown; null otherwise. */
    reason: nullable(RuleId),
    exit_code: nullable(Type.Integer()),
    signal: nullable(Text(32)),
    duration_ms: Millis,
    stdout_sha256: nullable(Sha256),
    stderr_sha256: nullable(Sha256),
    output_bytes: Count,
    /** Null where nobody measured. */
    cpu_ms: nullable(Millis),
    memory_peak_bytes: nullable(Count),
  },
  closed,
);
export type EndEntry = Static<typeof EndEntry>;

/** A bundle, its data or a key came into use. */
export const LoadEntry = Type.Object(
  {
    ...head,
    kind: Type.Literal("load"),
    subject_kind: Type.Enum(["bundle", "data", "key"]),
    name: Text(256),
    sha256: Sha256,
  },
  closed,
);
export type LoadEntry = Static<typeof LoadEntry>;

/**
 * Something that is neither an execution nor a load: an approval was asked for or decided, the kill switch was moved, the
 * log was cut after a crash, a range was archived.
 */
export const EventEntry = Type.Object(
  {
    ...head,
    kind: Type.Literal("event"),
    /** Such as `approval/approved`. */
    name: RuleId,
    /** Who did it, as their credential says; null where the process did it by itself. */
    actor: nullable(Text(256)),
    roles: Type.Array(Role, { maxItems: 64 }),
    /** What it was done to: an approval's or an execution's id. */
    object: nullable(Text(256)),
    detail: Type.Record(Type.String({ maxLength: 64 }), Type.Unknown(), { maxProperties: 32 }),
  },
  closed,
);
export type EventEntry = Static<typeof EventEntry>;

/** One line of the audit: stored as canonical JSON text, hashed as stored, never re-serialised. */
export const AuditEntry = Type.Union([IntentEntry, EndEntry, LoadEntry, EventEntry], {
  $id: "lockkeeper/audit-entry/v1",
});
export type AuditEntry = Static<typeof AuditEntry>;

type Chain = "schema" | "writer" | "seq" | "at_ms" | "prev_sha256";

/** An audit entry before its writer numbers, dates and chains it. */
export type Entry = Omit<IntentEntry, Chain> | Omit<EndEntry, Chain> | Omit<LoadEntry, Chain> | Omit<EventEntry, Chain>;
