/**
 * What can happen to an approval, as functions of the record, who acts, and the rules' answer. Nothing here is stored or
 * signed: each step says what the record becomes and what the audit is told of it.
 */
import { type CommandAction, err, ok, type Problem, parserOf, type Result } from "../model/index.js";
import { Approval, type ApprovalDecision, type ApprovalState, approversOf, facts, Reason } from "./approval.js";
import { type Act, mayAct } from "./ask-access.js";
import type { ApprovedClaims, AuditEvent } from "./ports.js";

/** What becomes of a record, and what the audit is told, in this order. */
export type Step = { readonly next: Approval; readonly events: readonly AuditEvent[] };

/** What somebody asks to have approved. */
export type ApprovalAsk = {
  /** As it was written; null where an argv was given. */
  readonly command: string | null;
  readonly action: CommandAction;
  readonly task: string | null;
  readonly reason: string;
  /** How long it may be decided and used. */
  readonly lifeMs: number;
  readonly breakGlass: boolean;
  readonly bundleSha256: string | null;
};

const parseApproval = parserOf(Approval);
const parseReason = parserOf(Reason);

/** Which states lead where. What leads nowhere stays as it is. */
const transitions: Readonly<Record<ApprovalState, readonly ApprovalState[]>> = {
  pending: ["approved", "rejected", "revoked", "expired"],
  approved: ["used", "revoked", "expired"],
  rejected: [],
  revoked: [],
  expired: [],
  used: [],
};

/**
 * Asks for an approval. A broken glass counts as approved from the start, if the rules let whoever asks break it.
 *
 * @param id - fresh, hard to guess
 * @returns on failure `access/refused`, or `request/malformed`
 */
export function requestApproval(asked: ApprovalAsk, id: string, act: Act): Result<Step, Problem> {
  const permissions = asked.breakGlass ? ["approval.request", "approval.break_glass"] : ["approval.request"];
  for (const permission of permissions) {
    const allowed = mayAct(act, permission, null);
    if (!allowed.ok) return allowed;
  }
  const parsed = parseApproval({
    schema: "lockkeeper/approval/v1",
    id,
    version: 1,
    state: asked.breakGlass ? "approved" : "pending",
    command: asked.command,
    action: asked.action,
    task: asked.task,
    requested_by: act.actor.subject.id,
    requested_at_ms: act.nowMs,
    reason: asked.reason,
    decisions: [],
    expires_ms: act.nowMs + asked.lifeMs,
    break_glass: asked.breakGlass,
    review: asked.breakGlass ? { state: "due", by: null, at_ms: null, note: null } : null,
    bundle_sha256: asked.bundleSha256,
    tokens: [],
    execution_id: null,
  });
  if (!parsed.ok) {
    const [issue] = parsed.error;
    return err({ code: "request/malformed", message: `${issue?.path ?? ""} ${issue?.message ?? ""}`.trim() });
  }
  const next = parsed.value;
  const { action, expires_ms, task, reason } = next;
  const detail = { reason, cmd_hash: action.cmd_hash, profile: action.profile, task, expires_ms };
  const requested = eventOf("approval/requested", next, act, detail);
  if (!asked.breakGlass) return ok({ next, events: [requested] });
  return ok({ next, events: [requested, eventOf("approval/break_glass", next, act, { reason })] });
}

/**
 * Says yes or no. With a yes the rules are asked once more: are there enough different people now?
 *
 * @returns on failure `access/refused`, `approval/state` or `request/malformed`
 */
export function decideApproval(
  approval: Approval,
  verdict: "approve" | "reject",
  reason: string,
  act: Act,
): Result<Step, Problem> {
  const allowed = mayAct(act, `approval.${verdict}`, facts(approval));
  if (!allowed.ok) return allowed;
  const said = saying(approval, verdict, reason, act);
  if (!said.ok) return said;
  if (verdict === "reject") return ended(said.value, "rejected", "approval/rejected", reason, act);
  const enough = mayAct(act, "approval.complete", facts(said.value));
  if (!enough.ok && enough.error.code !== "approval/state") return enough;
  const next = enough.ok ? moved(said.value, "approved") : ok(said.value);
  if (!next.ok) return next;
  const detail = { reason, complete: enough.ok, approvers: approversOf(next.value) };
  return ok({ next: next.value, events: [eventOf("approval/approved", next.value, act, detail)] });
}

/**
 * Takes an approval back, decided or not: tokens minted from it are then good for nothing.
 *
 * @returns on failure `access/refused`, `approval/state` or `request/malformed`
 */
export function revoke(approval: Approval, reason: string, act: Act): Result<Step, Problem> {
  const allowed = mayAct(act, "approval.revoke", facts(approval));
  if (!allowed.ok) return allowed;
  const said = saying(approval, "revoke", reason, act);
  return said.ok ? ended(said.value, "revoked", "approval/revoked", reason, act) : said;
}

/**
 * Looks back at a broken glass.
 *
 * @param note - what was found
 * @returns on failure `access/refused`, `approval/state` or `request/malformed`
 */
export function review(approval: Approval, note: string, act: Act): Result<Step, Problem> {
  const allowed = mayAct(act, "approval.review", facts(approval));
  if (!allowed.ok) return allowed;
  if (!parseReason(note).ok) return err(noReason);
  if (approval.review?.state !== "due") return err({ code: "approval/state", message: "no review is due" });
  const done = { state: "done" as const, by: act.actor.subject.id, at_ms: act.nowMs, note };
  const next = { ...approval, version: approval.version + 1, review: done };
  return ok({ next, events: [eventOf("approval/reviewed", next, act, { reason: note })] });
}

/**
 * Says what a token may be minted over.
 *
 * @returns on failure `access/refused` or `approval/state`
 */
export function mint(approval: Approval, act: Act): Result<ApprovedClaims, Problem> {
  const allowed = mayAct(act, "approval.mint", facts(approval));
  if (!allowed.ok) return allowed;
  if (approval.tokens.length >= maxTokens) {
    return err({ code: "approval/state", message: `no more than ${maxTokens} tokens are minted from one approval` });
  }
  return ok(claimsOf(approval));
}

/** As many tokens as the record has room for; only one of them will ever run. */
const maxTokens = 32;

/**
 * The token is whose request was approved, names its approval, and ends no later than that.
 *
 * @requirement EXE-05
 */
export function claimsOf(approval: Approval): ApprovedClaims {
  return {
    sub: approval.requested_by,
    approval_id: approval.id,
    cmd_hash: approval.action.cmd_hash,
    binary_sha256: approval.action.binary_sha256 ?? null,
    bundle_sha256: approval.bundle_sha256,
    not_after_ms: approval.expires_ms,
  };
}

/** A token was signed. */
export function minted(approval: Approval, jti: string, expiresAtMs: number, act: Act): Step {
  const next = { ...approval, version: approval.version + 1, tokens: [...approval.tokens, jti] };
  return { next, events: [eventOf("approval/minted", next, act, { token_id: jti, expires_ms: expiresAtMs })] };
}

/**
 * An execution took it. What keeps a second one from running is the ledger, which knew first.
 *
 * @returns on failure `approval/state`
 */
export function used(approval: Approval, executionId: string): Result<Step, Problem> {
  const next = moved({ ...approval, version: approval.version + 1, execution_id: executionId }, "used");
  if (!next.ok) return next;
  return ok({ next: next.value, events: [eventOf("approval/used", next.value, null, { execution_id: executionId })] });
}

/**
 * Its time is over.
 *
 * @returns null where it has time left, or came to another end before
 */
export function expire(approval: Approval, nowMs: number): Step | null {
  if (nowMs < approval.expires_ms) return null;
  const next = moved({ ...approval, version: approval.version + 1 }, "expired");
  if (!next.ok) return null;
  const detail = { state: approval.state, expires_ms: approval.expires_ms };
  return { next: next.value, events: [eventOf("approval/expired", next.value, null, detail)] };
}

const noReason: Problem = { code: "request/malformed", message: "a reason of 1 to 2000 characters is needed" };

/**
 * Keeps who said what, when and why: as the credential names them, at the moment given.
 *
 * @requirement EXE-08
 */
export function saying(
  approval: Approval,
  verdict: ApprovalDecision["verdict"],
  reason: string,
  { actor, nowMs }: Pick<Act, "actor" | "nowMs">,
): Result<Approval, Problem> {
  if (!parseReason(reason).ok) return err(noReason);
  if (approval.decisions.length >= 64) return err({ code: "approval/state", message: "too many have spoken already" });
  const decision = { by: actor.subject.id, roles: actor.subject.roles, verdict, at_ms: nowMs, reason };
  return ok({ ...approval, version: approval.version + 1, decisions: [...approval.decisions, decision] });
}

function ended(
  approval: Approval,
  state: ApprovalState,
  name: string,
  reason: string,
  act: Act,
): Result<Step, Problem> {
  const next = moved(approval, state);
  return next.ok ? ok({ next: next.value, events: [eventOf(name, next.value, act, { reason })] }) : next;
}

/**
 * Moves a record to another state, if the one it is in leads there.
 *
 * @requirement EXE-06
 */
export function moved(approval: Approval, state: ApprovalState): Result<Approval, Problem> {
  if (transitions[approval.state].includes(state)) return ok({ ...approval, state });
  return err({ code: "approval/state", message: `it is ${approval.state}, and cannot become ${state}` });
}

function eventOf(name: string, { id, version }: Approval, act: Act | null, detail: AuditEvent["detail"]): AuditEvent {
  return {
    kind: "event",
    name,
    actor: act?.actor.subject.id ?? null,
    roles: act?.actor.subject.roles ?? [],
    object: id,
    detail: { ...detail, version },
  };
}
