/**
 * What the gate needs of the world, as interfaces: whoever assembles a program hands in the real ones.
 * Each may fail by throwing or rejecting; the gate takes any failure for a refusal.
 */
import type {
  ApprovalFacts,
  CommandAction,
  Consumption,
  Decision,
  Entry,
  Entrypoint,
  Exit,
  Place,
  Problem,
  RequestInput,
  Result,
  Stream,
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
  /** @returns on failure a code of the table, such as `token/forged`; it is recorded, and its text is the answer */
  authenticate(credential: unknown, channel: string): Promise<Result<Identity, Problem>>;
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

/** What opening gives: all that was asked for, or the first thing that somebody else had before. */
export type Opened = { readonly kind: "opened" } | ({ readonly kind: "lost" } & Lost);

/** What is known of nonces and quotas before anything is taken. */
export interface Usage {
  /**
   * Seconds since the epoch from which on this store remembers every nonce of a token issued then or later. It grows where old
   * ones are forgotten, so it is to be asked after `seen`: of a nonce that was forgotten, the answer then tells.
   */
  sinceS(): Promise<number>;
  /** How much of each key is used within its window. */
  usage(keys: readonly UsageKey[], nowMs: number): Promise<readonly UsageFacts[]>;
  seen(nonce: string): Promise<boolean>;
}

/** Nonces, uses of approvals and quotas without the audit: each implementation holds the whole of it, atomically. */
export interface Takings extends Usage {
  /** Checks `used + amount <= limit` again, so that a race is lost by somebody. Who loses takes nothing. */
  take(opening: Opening): Promise<Opened>;
  /** Settles what was reserved at its worst by what was used. Keys that are not named keep their reservation. */
  settle(executionId: string, actuals: Actuals): Promise<void>;
}

/** What was really used, by quota key. */
export type Actuals = Readonly<Record<string, number>>;

/**
 * The audit and the takings as one. Where both live in one store, each call is one transaction.
 *
 * INVARIANT: the intent is durable no later than what is taken, also where taking is lost: the intent then stays alone.
 */
export interface Ledger extends Usage {
  open(intent: Entry, opening: Opening): Promise<Opened>;
  close(end: Entry, executionId: string, actuals: Actuals): Promise<void>;
}

/** One quota key and its window. */
export type UsageKey = { readonly key: string; readonly window_ms: number };

/** Appends to the audit. */
export interface Recorder {
  /** Returns when the entry is durable. */
  append(entry: Entry): Promise<void>;
}

export type { Execution, Executor, Exit, OutputSink, StoppingExecutor, Stream } from "../model/index.js";

/** How an execution ended, and what was let out of what it wrote. */
export type ExecutionEnd = Exit & { readonly stdout: Uint8Array; readonly stderr: Uint8Array };

/** Filters one stream of one execution. What it gives may lag behind what it was given. */
export interface OutputStream {
  push(chunk: Uint8Array): Uint8Array;
  end(): Uint8Array;
}

/** What leaves goes through here: outputs, and commands on their way into the audit. */
export interface OutputFilter {
  open(stream: Stream): OutputStream;
  action(action: CommandAction): CommandAction;
  text(text: string): string;
}
