/**
 * What approvals and the kill switch need of the world. Stores implement the first two; whoever assembles a program hands in
 * the rest. Each may fail by rejecting, and whoever asked then has no answer, which is a refusal.
 */
import type { AccessInput, CommandAction, Decision, Entry, Problem, Result, Subject } from "../model/index.js";
import type { Approval, ApprovalState, KillSwitchState } from "./approval.js";

/** Which approvals to list; a member that is absent leaves nothing out. */
export type ApprovalFilter = {
  readonly state?: ApprovalState;
  readonly requested_by?: string;
  readonly task?: string;
  /** Only those whose review is due. */
  readonly review_due?: boolean;
};

/** Which page to list. */
export type ApprovalPageAsk = {
  /** What the page before gave as `next`; null for the first. Opaque; one that no page gave is an error. */
  readonly after: string | null;
  /** From 1 to 200. */
  readonly limit: number;
};

/** One page, newest request first, then by id. */
export type ApprovalPage = {
  readonly approvals: readonly Approval[];
  /** Null on the last page. */
  readonly next: string | null;
};

/**
 * Keeps approvals. Records are checked against the schema `Approval` when read back: a store may have been edited by hand.
 *
 * INVARIANT: of two updates that expect the same version, at most one wins.
 */
export interface ApprovalStore {
  /** Returns when the record is durable. Rejects where the id is taken. */
  create(approval: Approval): Promise<void>;
  find(id: string): Promise<Approval | null>;
  list(filter: ApprovalFilter, page: ApprovalPageAsk): Promise<ApprovalPage>;
  /**
   * Replaces the record, if it still has the version expected; `next.version` is that version plus one, `next.id` is `id`.
   *
   * @returns false where the record is gone or has another version; nothing has changed then
   */
  update(id: string, expectedVersion: number, next: Approval): Promise<boolean>;
}

/** Keeps the kill switch for every process that shares the store. */
export interface KillSwitchStore {
  /** Gives `untouchedKillSwitch` where nobody has moved it. Rejects rather than give an old state. */
  read(): Promise<KillSwitchState>;
  /** Returns when it is durable, and every later `read` by any process gives it. */
  set(next: KillSwitchState): Promise<void>;
}

/** Who acts, as their credential says. */
export type Actor = {
  readonly subject: Subject;
  readonly credential: AccessInput["credential"];
  /** Through which the act came, such as `gateway`. */
  readonly channel: string;
};

/** Asks the entrypoint `access`. */
export type AskAccess = (input: AccessInput) => Decision;

/** Appends to the audit; returns when the entry is durable. */
export interface AuditAppender {
  append(entry: Entry): Promise<void>;
}

/** What a token is minted over. */
export type ApprovedClaims = {
  /** Who asked for the approval; nobody else may execute with the token. */
  readonly sub: string;
  readonly approval_id: string;
  readonly cmd_hash: string;
  readonly binary_sha256: string | null;
  readonly bundle_sha256: string | null;
  /** The token ends no later than its approval. Milliseconds since the epoch. */
  readonly not_after_ms: number;
};

/** A token as its holder gets it. */
export type IssuedToken = {
  readonly token: string;
  readonly jti: string;
  /** Milliseconds since the epoch. */
  readonly expires_at_ms: number;
};

/** Signs a token over claims. */
export type IssueToken = (claims: ApprovedClaims) => Promise<Result<IssuedToken, Problem>>;

/** Hashes what will run, as `commandHash` does. */
export type HashCommand = (command: Pick<CommandAction, "argv" | "cwd" | "env" | "stdin_sha256">) => string;

/** An event of the audit before it is chained. */
export type AuditEvent = Extract<Entry, { readonly kind: "event" }>;
