import Type, { type Static } from "typebox";
import { CommandAction, RequestInput, Violation } from "../model/index.js";

const closed = { additionalProperties: false } as const;
const { cwd, env, profile, workspace, limits } = CommandAction.properties;
const { task } = RequestInput.properties;
const Id = Type.String({ minLength: 1, maxLength: 256 });

/** A command as it is written (parsed once, by us), or an argv. */
export const CommandText = Type.Union([
  Type.String({ minLength: 1, maxLength: 8192 }),
  Type.Array(Type.String({ maxLength: 131_072 }), { minItems: 1, maxItems: 1024 }),
]);

/** What a caller may ask to be told besides. */
export const Extra = Type.Enum(["stdout", "duration_ms", "violations"]);
export type Extra = Static<typeof Extra>;

/** What runs, as an approval and an execution name it: what is left out is as the gateway is configured. */
export const commandShape = {
  command: CommandText,
  cwd: Type.Optional(cwd),
  env: Type.Optional(env),
  /** Base64 of the bytes for standard input. */
  stdin_base64: Type.Optional(Type.String({ maxLength: 1_048_576, pattern: "^[A-Za-z0-9+/]*={0,2}$" })),
  profile: Type.Optional(profile),
  workspace: Type.Optional(workspace),
  limits: Type.Optional(limits),
  task: Type.Optional(task),
};

/** The body of `POST /gateway/execute`. */
export const ExecuteBody = Type.Object(
  { ...commandShape, approval_id: Id, include: Type.Optional(Type.Array(Extra, { maxItems: 3 })) },
  { ...closed, $id: "lockkeeper/execute/v1" },
);
export type ExecuteBody = Static<typeof ExecuteBody>;

/** A violation as a caller sees it: with the line of policy that objected. */
export const CitedViolation = Type.Object(
  {
    ...Violation.properties,
    file: Type.Optional(Type.String({ maxLength: 4096 })),
    row: Type.Optional(Type.Integer({ minimum: 1 })),
  },
  closed,
);

/** The answer to an execution: `output` where it went well, `error` where it did not. */
export const ExecuteAnswer = Type.Object(
  {
    success: Type.Boolean(),
    execution_id: Type.String({ maxLength: 64 }),
    output: Type.Optional(Type.String()),
    error: Type.Optional(Type.String()),
    code: Type.Optional(Type.String()),
    outcome: Type.Optional(Type.String()),
    exit_code: Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
    stderr: Type.Optional(Type.String()),
    stdout: Type.Optional(Type.String()),
    stdout_base64: Type.Optional(Type.String()),
    duration_ms: Type.Optional(Type.Integer({ minimum: 0 })),
    violations: Type.Optional(Type.Array(CitedViolation)),
  },
  closed,
);
export type ExecuteAnswer = Static<typeof ExecuteAnswer>;

/** What every other refusal looks like. */
export const ErrorAnswer = Type.Object(
  {
    success: Type.Literal(false),
    error: Type.String(),
    code: Type.String(),
    request_id: Type.Optional(Type.String()),
    violations: Type.Optional(Type.Array(CitedViolation)),
  },
  closed,
);
export type ErrorAnswer = Static<typeof ErrorAnswer>;

/** The body of `POST /approvals`. */
export const ApprovalBody = Type.Object(
  {
    ...commandShape,
    reason: Type.String({ minLength: 1, maxLength: 2000, pattern: "\\S" }),
    ttl_s: Type.Optional(Type.Integer({ minimum: 1, maximum: 86_400 })),
    break_glass: Type.Optional(Type.Boolean()),
  },
  { ...closed, $id: "lockkeeper/approval-request/v1" },
);
export type ApprovalBody = Static<typeof ApprovalBody>;

/** The body of whatever a person does with a reason. */
export const ReasonBody = Type.Object(
  { reason: Type.String({ minLength: 1, maxLength: 2000, pattern: "\\S" }) },
  { ...closed, $id: "lockkeeper/reason/v1" },
);
export type ReasonBody = Static<typeof ReasonBody>;

/** The body of `POST /pilot/kill-switch`. */
export const KillSwitchBody = Type.Object(
  { engage: Type.Boolean(), reason: ReasonBody.properties.reason },
  { ...closed, $id: "lockkeeper/kill-switch-request/v1" },
);
export type KillSwitchBody = Static<typeof KillSwitchBody>;

/** The body of the other pilot endpoints: which unit of work or execution, and why. */
export const PilotBody = Type.Object(
  { object: Id, reason: ReasonBody.properties.reason },
  { ...closed, $id: "lockkeeper/pilot-request/v1" },
);
export type PilotBody = Static<typeof PilotBody>;

/** The body of `POST /v1/data/…`, as OPA has it. */
export const DataBody = Type.Object(
  { input: Type.Optional(Type.Unknown()) },
  { ...closed, $id: "lockkeeper/data-request/v1" },
);
export type DataBody = Static<typeof DataBody>;
