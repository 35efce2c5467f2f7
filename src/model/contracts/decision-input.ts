import Type, { type Static } from "typebox";
import { IsolationFacts, RequestedLimits } from "./isolation.js";
import { Count, closed, EnvName, Millis, Name, nullable, Role, recordOf, Sha256, Text } from "./scalars.js";

const Id = Type.String({ minLength: 1, maxLength: 256 });
const Seconds = Type.Integer({ minimum: 0, maximum: 253_402_300_799 });

/** Who asks, and the roles that their credential names. */
export const Subject = Type.Object({ id: Id, roles: Type.Array(Role, { maxItems: 64 }) }, closed);
export type Subject = Static<typeof Subject>;

/** A command as it will run: the argv that the rules see is the argv that `execve` gets. */
export const CommandAction = Type.Object(
  {
    kind: Type.Literal("command"),
    profile: Name,
    argv: Type.Array(Text(131_072), { minItems: 1, maxItems: 1024 }),
    cwd: Text(4096),
    env: recordOf(EnvName, Text(131_072)),
    stdin_sha256: nullable(Sha256),
    /** SHA-256 over the canonical JSON of argv, cwd, env and stdin_sha256. */
    cmd_hash: Sha256,
    /** SHA-256 of the executable, where the caller has hashed it: a token that is bound to one is refused without. */
    binary_sha256: Type.Optional(nullable(Sha256)),
    /** The folder that path arguments must stay in. */
    workspace: Text(4096),
    limits: RequestedLimits,
  },
  closed,
);
export type CommandAction = Static<typeof CommandAction>;

/** The claims of a capability token whose signature has been verified, and what the nonce store knows of it. */
export const TokenFacts = Type.Object(
  {
    typ: Text(64),
    iss: Text(256),
    aud: Text(256),
    sub: Id,
    jti: Id,
    approval_id: Id,
    cmd_hash: Sha256,
    binary_sha256: nullable(Sha256),
    bundle_sha256: nullable(Sha256),
    iat_s: Seconds,
    nbf_s: nullable(Seconds),
    exp_s: Seconds,
    /** The nonce store has seen this `jti`. */
    replayed: Type.Boolean(),
    /** When the nonce store was created: older tokens may have been used in a store that is lost. */
    store_since_s: Seconds,
  },
  closed,
);
export type TokenFacts = Static<typeof TokenFacts>;

/** An approval as the approval store has it. */
export const ApprovalFacts = Type.Object(
  {
    id: Id,
    state: Type.Enum(["pending", "approved", "rejected", "revoked", "used"]),
    cmd_hash: Sha256,
    requested_by: Id,
    approvers: Type.Array(Id, { maxItems: 32 }),
    /** Asked for in an emergency, by somebody whom policy lets approve their own: always alerted, always to be reviewed. */
    break_glass: Type.Optional(Type.Boolean()),
    expires_ms: Millis,
  },
  closed,
);
export type ApprovalFacts = Static<typeof ApprovalFacts>;

/** How much of a limit is used within its window, and when room comes free. */
export const UsageFacts = Type.Object({ used: Count, frees_at_ms: nullable(Millis) }, closed);
export type UsageFacts = Static<typeof UsageFacts>;

/** The input of the entrypoint `request`: may this run? Facts about the subject enter here, never as policy data. */
export const RequestInput = Type.Object(
  {
    now_ms: Millis,
    channel: Name,
    action: CommandAction,
    subject: Subject,
    task: nullable(Id),
    approval_id: nullable(Id),
    token: nullable(TokenFacts),
    approval: nullable(ApprovalFacts),
    /** By limit id of `data.quota.limits`; a limit without its fact is refused. */
    usage: recordOf(Name, UsageFacts),
    kill_switch: Type.Object({ engaged: Type.Boolean() }, closed),
    isolation: IsolationFacts,
    /** Names set in the configuration of the repository at cwd; empty where there is none, null where it could not be read. */
    repository: nullable(Type.Object({ config_keys: Type.Array(Text(1024), { maxItems: 10_000 }) }, closed)),
    bundle_sha256: Sha256,
  },
  { ...closed, $id: "lockkeeper/request-input/v1" },
);
export type RequestInput = Static<typeof RequestInput>;

/** The input of the entrypoint `access`: may this role do that? */
export const AccessInput = Type.Object(
  {
    now_ms: Millis,
    channel: Name,
    subject: Subject,
    /** How the subject showed who it is: a Bearer token, or the older header that names a pilot. */
    credential: Type.Enum(["bearer", "legacy"]),
    /** Area, dot, verb: `approval.request`, `pilot.kill_switch`, `audit.read`. */
    permission: Name,
    /** The approval that it is about; null where it is about none. */
    approval: nullable(ApprovalFacts),
  },
  { ...closed, $id: "lockkeeper/access-input/v1" },
);
export type AccessInput = Static<typeof AccessInput>;

/** The input of the entrypoint `output`: what happens to this kind of finding in this place? Asked once per kind and place. */
export const OutputInput = Type.Object(
  {
    now_ms: Millis,
    channel: Name,
    finding: Type.Object(
      {
        /** A pattern's name, or `field` for a sensitive field name. */
        kind: Name,
        place: Name,
        /** The field's name as it was spelt, for `field`; null otherwise. */
        field: nullable(Text(1024)),
      },
      closed,
    ),
  },
  { ...closed, $id: "lockkeeper/output-input/v1" },
);
export type OutputInput = Static<typeof OutputInput>;
