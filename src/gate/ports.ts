/**
 * What the gate needs of the world, as interfaces: whoever assembles a program hands in the real ones.
 * Each may fail by throwing or rejecting; the gate takes any failure for a refusal.
 */
import type {
  ApprovalFacts,
  CommandAction,
  Consumption,
  Decision,
  EndEntry,
  Entrypoint,
  IntentEntry,
  IsolationFacts,
  Limits,
  Place,
  RequestInput,
  TokenFacts,
  UsageFacts,
} from "../model/index.js";

/** The rules in force, one bundle of them: the gate takes it once per request and keeps it to the end. */
export interface Policy {
  /** SHA-256 of the bundle. */
  readonly sha256: string;
  /** The limits whose usage the rules want to know, from `data.quota.limits`. */
  readonly limits: Readonly<Record<string, LimitWindow>>;
  /** Whether the rules want to know of the repository that a program runs in: finding out starts processes. */
  wantsRepository(program: string): boolean;
  /** Never throws, never gives anything but a decision. */
  decide(entrypoint: Entrypoint, input: unknown): Decision;
  /** Where a rule stands, by its id. */
  ruleAt(id: string): Place | undefined;
}

/** One quota limit: over whom it counts, what, and for how long. */
export type LimitWindow = { readonly scope: string; readonly resource: string; readonly window_ms: number };

/** Gives the policy in force at the moment of asking. */
export interface PolicySource {
  current(): Policy;
}

/** Who asks, as the credential says and never as a body says. */
export type Identity = { readonly subject: RequestInput["subject"]; readonly token: TokenFacts | null };

/** Turns a credential into an identity. */
export interface Authenticator {
  /** @returns undefined where the credential is not good; why is for the log only */
  authenticate(credential: unknown, channel: string): Promise<Identity | undefined>;
}

/** Finds approvals. */
export interface Approvals {
  find(id: string): Promise<ApprovalFacts | null>;
}

/** The switch that stops everything. */
export interface KillSwitch {
  engaged(): Promise<boolean>;
}

/** What the repository at a folder would make a program obey. */
export interface RepositoryFacts {
  /** @returns null where it could not be read */
  read(cwd: string, workspace: string): Promise<RequestInput["repository"]>;
}

/** Which of the things that can be used only once, or only so often, somebody else had first. */
export type Lost = { readonly which: "nonce" | "approval" | "quota"; readonly key: string };

/** What is taken when an execution opens; all of it or nothing. */
export type Opening = {
  readonly executionId: string;
  readonly nowMs: number;
  /** A token's `jti`; null on channels without one. */
  readonly nonce: string | null;
  readonly approvalUse: string | null;
  readonly reservations: readonly Consumption[];
};

/** Nonces, uses of approvals and quotas: each implementation holds the whole of it, atomically. */
export interface Ledger {
  /** Seconds since the epoch at which this ledger began to remember nonces. */
  sinceS(): Promise<number>;
  /** How much of each key is used within its window. */
  usage(keys: readonly UsageKey[], nowMs: number): Promise<readonly UsageFacts[]>;
  seen(nonce: string): Promise<boolean>;
  /** Checks `used + amount <= limit` again, so that a race is lost by somebody. */
  open(opening: Opening): Promise<{ readonly kind: "opened" } | ({ readonly kind: "lost" } & Lost)>;
  /** Settles what was reserved at its worst by what was used. Keys that are not named keep their reservation. */
  close(executionId: string, actuals: Readonly<Record<string, number>>): Promise<void>;
}

/** One quota key and its window. */
export type UsageKey = { readonly key: string; readonly window_ms: number };

type Chain = "schema" | "writer" | "seq" | "at_ms" | "prev_sha256";

/** An audit entry before its writer numbers and chains it. */
export type Entry = Omit<IntentEntry, Chain> | Omit<EndEntry, Chain>;

/** Appends to the audit. */
export interface Recorder {
  /** Returns when the entry is durable. */
  append(entry: Entry): Promise<void>;
}

/** What to execute: everything is decided, nothing is looked up. */
export type Execution = {
  readonly path: string;
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: Uint8Array | null;
  readonly limits: Limits;
};

/** How an execution ended. Outputs hold at most `limits.output_bytes` together. */
export type ExecutionEnd = {
  readonly outcome: EndEntry["outcome"];
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly durationMs: number;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
};

/** Runs commands, and knows what holds them in. */
export interface Executor {
  isolation(): IsolationFacts;
  run(execution: Execution): Promise<ExecutionEnd>;
}

/** What leaves goes through here: outputs, and commands on their way into the audit. */
export interface OutputFilter {
  output(bytes: Uint8Array, place: "stdout" | "stderr"): Promise<Uint8Array>;
  action(action: CommandAction): Promise<CommandAction>;
}
