import Type, { type Static } from "typebox";
import { Count, Millis, Name } from "./scalars.js";

/** What can hold a process in. A set, not a ladder: each is true only if a probe saw it hold. */
export const isolationKinds = ["user", "mount", "pid", "net", "ipc", "seccomp", "memory", "pids", "disk"] as const;

export const IsolationKind = Type.Enum([...isolationKinds]);
export type IsolationKind = (typeof isolationKinds)[number];

/** The isolation in force, as probed at start. */
export const IsolationFacts = Type.Object(
  {
    user: Type.Boolean(),
    mount: Type.Boolean(),
    pid: Type.Boolean(),
    net: Type.Boolean(),
    ipc: Type.Boolean(),
    seccomp: Type.Boolean(),
    memory: Type.Boolean(),
    pids: Type.Boolean(),
    disk: Type.Boolean(),
  },
  { additionalProperties: false },
);
export type IsolationFacts = Static<typeof IsolationFacts>;

/** Everything off: what the plain executor has. */
export const noIsolation: IsolationFacts = {
  user: false,
  mount: false,
  pid: false,
  net: false,
  ipc: false,
  seccomp: false,
  memory: false,
  pids: false,
  disk: false,
};

/** Everything on: what a full sandbox has. */
export const fullIsolation: IsolationFacts = {
  user: true,
  mount: true,
  pid: true,
  net: true,
  ipc: true,
  seccomp: true,
  memory: true,
  pids: true,
  disk: true,
};

/** What the decision asks of the sandbox: a named profile and the kinds it stands for. */
export const RequiredIsolation = Type.Object(
  { profile: Type.Union([Name, Type.Null()]), requires: Type.Array(IsolationKind, { maxItems: 9 }) },
  { additionalProperties: false },
);
export type RequiredIsolation = Static<typeof RequiredIsolation>;

const limitShape = {
  wall_ms: Millis,
  cpu_ms: Millis,
  memory_bytes: Count,
  output_bytes: Count,
  disk_bytes: Count,
  processes: Count,
  open_files: Count,
};

/** Upper bounds of one run. */
export const Limits = Type.Object(limitShape, { additionalProperties: false });
export type Limits = Static<typeof Limits>;

/** What a request may tighten; anything above the policy's limit is refused. */
export const RequestedLimits = Type.Partial(Limits);
export type RequestedLimits = Static<typeof RequestedLimits>;
