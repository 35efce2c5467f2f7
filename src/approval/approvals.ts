import {
  type ApprovalFacts,
  type CommandAction,
  err,
  ok,
  type Problem,
  type Random,
  type Result,
} from "../model/index.js";
import { type Approval, facts, maxPage } from "./approval.js";
import { type Act, mayAct } from "./ask-access.js";
import type {
  Actor,
  ApprovalFilter,
  ApprovalPage,
  ApprovalPageAsk,
  AskAccess,
  HashCommand,
  IssuedToken,
  IssueToken,
} from "./ports.js";
import { attempted, type ChangeParts, changeRecorded, load, record, settle } from "./recorded-change.js";
import { decideApproval, expire, mint, minted, requestApproval, review, revoke, type Step, used } from "./workflow.js";

/** How long an approval may be decided and used, in seconds: unless asked otherwise, and at most. */
export const approvalLifeS = 15 * 60;
export const maxApprovalLifeS = 24 * 3600;

/** What approvals are made of. */
export type ApprovalParts = ChangeParts & {
  readonly decide: AskAccess;
  readonly mintToken: IssueToken;
  readonly commandHash: HashCommand;
  readonly random: Random;
  /** Called for each broken glass once it is recorded: somebody has to hear of it. */
  readonly onBreakGlass: (approval: Approval) => void;
};

/** What somebody asks to have approved; who they are is their credential's to say. */
export type NewApproval = {
  /** As it was written; null where an argv was given. */
  readonly command: string | null;
  /** What it was parsed to. */
  readonly action: Omit<CommandAction, "cmd_hash">;
  readonly task?: string | null;
  readonly reason: string;
  /** How long it may be decided and used: whole seconds from 1 to a day; 15 minutes unless said otherwise. */
  readonly ttlS?: number;
  readonly breakGlass?: boolean;
  /** Binds tokens to the rules and data in force at the request. */
  readonly bundleSha256?: string | null;
};

/**
 * Approvals as a program uses them. Each act asks the rules, is recorded durably, and only then takes effect.
 *
 * Expected failures are `access/refused`, `approval/not_found`, `approval/state` and `request/malformed`; `store/away` and
 * `audit/store` where one of them failed: then nothing took effect that was not recorded.
 */
export interface Approvals {
  request(actor: Actor, asked: NewApproval): Promise<Result<Approval, Problem>>;
  find(actor: Actor, id: string): Promise<Result<Approval, Problem>>;
  /** Whoever may list only their own gets those. */
  list(actor: Actor, filter: ApprovalFilter, page: ApprovalPageAsk): Promise<Result<ApprovalPage, Problem>>;
  approve(actor: Actor, id: string, reason: string): Promise<Result<Approval, Problem>>;
  reject(actor: Actor, id: string, reason: string): Promise<Result<Approval, Problem>>;
  revoke(actor: Actor, id: string, reason: string): Promise<Result<Approval, Problem>>;
  review(actor: Actor, id: string, note: string): Promise<Result<Approval, Problem>>;
  mint(actor: Actor, id: string): Promise<Result<IssuedToken, Problem>>;
  /** Told by the program itself once an execution has taken the approval. */
  markUsed(id: string, executionId: string): Promise<Result<Approval, Problem>>;
  /** Ends what is past its time. @returns how many */
  expireOverdue(): Promise<Result<number, Problem>>;
  /** What the rules of an execution may know: the gate asks it. Rejects where the store is away. */
  facts(id: string): Promise<ApprovalFacts | null>;
}

/** Makes the approvals of a program. */
export function createApprovals(parts: ApprovalParts): Approvals {
  const { store, clock, decide } = parts;
  const actOf = (actor: Actor): Act => ({ actor, nowMs: clock.nowMs(), decide });
  const change = (id: string, take: (approval: Approval) => Result<Step, Problem>, heedsExpiry?: boolean) =>
    changeRecorded(id, parts, async (approval) => answeringItself(take(approval)), heedsExpiry);
  return {
    request: (actor, asked) => request(asked, actOf(actor), parts),
    find: async (actor, id) => {
      const found = await load(id, parts);
      if (!found.ok) return found;
      const allowed = mayAct(actOf(actor), "approval.read", facts(found.value));
      return allowed.ok ? ok(seen(found.value, clock.nowMs())) : allowed;
    },
    list: (actor, filter, page) => list(filter, page, actOf(actor), parts),
    approve: (actor, id, reason) => change(id, (one) => decideApproval(one, "approve", reason, actOf(actor))),
    reject: (actor, id, reason) => change(id, (one) => decideApproval(one, "reject", reason, actOf(actor))),
    revoke: (actor, id, reason) => change(id, (one) => revoke(one, reason, actOf(actor))),
    review: (actor, id, note) => change(id, (one) => review(one, note, actOf(actor))),
    mint: (actor, id) =>
      changeRecorded(id, parts, async (one) => {
        const act = actOf(actor);
        const claims = mint(one, act);
        if (!claims.ok) return claims;
        const token = await parts.mintToken(claims.value);
        if (!token.ok) return token;
        return ok({ step: minted(one, token.value.jti, token.value.expires_at_ms, act), answer: token.value });
      }),
    // It was taken while it was good; that it has expired since is no matter.
    markUsed: (id, executionId) => change(id, (one) => used(one, executionId), false),
    expireOverdue: () => expireOverdue(parts),
    facts: async (id) => {
      const found = await store.find(id);
      return found === null ? null : facts(found);
    },
  };
}

function answeringItself(step: Result<Step, Problem>) {
  return step.ok ? ok({ step: step.value, answer: step.value.next }) : step;
}

async function request(asked: NewApproval, act: Act, parts: ApprovalParts): Promise<Result<Approval, Problem>> {
  const lifeS = asked.ttlS ?? approvalLifeS;
  if (!Number.isInteger(lifeS) || lifeS < 1 || lifeS > maxApprovalLifeS) {
    return err({ code: "request/malformed", message: `ttl_s must be whole seconds from 1 to ${maxApprovalLifeS}` });
  }
  const whole = {
    command: asked.command,
    action: { ...asked.action, cmd_hash: parts.commandHash(asked.action) },
    task: asked.task ?? null,
    reason: asked.reason,
    lifeMs: lifeS * 1000,
    breakGlass: asked.breakGlass ?? false,
    bundleSha256: asked.bundleSha256 ?? null,
  };
  const step = requestApproval(whole, `approval-${Buffer.from(parts.random.bytes(16)).toString("hex")}`, act);
  if (!step.ok) return step;
  const { next, events } = step.value;
  const recorded = await record(events, parts);
  if (!recorded.ok) return recorded;
  if (next.break_glass) parts.onBreakGlass(next);
  const created = await attempted(() => parts.store.create(next), "store/away", parts);
  return created.ok ? ok(next) : created;
}

async function list(
  filter: ApprovalFilter,
  page: ApprovalPageAsk,
  act: Act,
  parts: ApprovalParts,
): Promise<Result<ApprovalPage, Problem>> {
  const all = mayAct(act, "approval.list", null);
  if (!all.ok) {
    const { id } = act.actor.subject;
    if (!mayAct(act, "approval.list_own", null).ok) return all;
    if (filter.requested_by !== undefined && filter.requested_by !== id) return all;
    return listed({ ...filter, requested_by: id }, page, act.nowMs, parts);
  }
  return listed(filter, page, act.nowMs, parts);
}

async function listed(
  filter: ApprovalFilter,
  page: ApprovalPageAsk,
  nowMs: number,
  parts: ApprovalParts,
): Promise<Result<ApprovalPage, Problem>> {
  const found = await attempted(() => parts.store.list(filter, page), "store/away", parts);
  if (!found.ok) return found;
  const approvals = found.value.approvals.map((one) => seen(one, nowMs));
  // One that has expired since it was stored is not what was asked for.
  const asked = approvals.filter(({ state }) => filter.state === undefined || state === filter.state);
  return ok({ approvals: asked, next: found.value.next });
}

/** A record as it is now: past its time it counts as expired, though nobody has written that down yet. */
function seen(approval: Approval, nowMs: number): Approval {
  return expire(approval, nowMs) === null ? approval : { ...approval, state: "expired" };
}

async function expireOverdue(parts: ApprovalParts): Promise<Result<number, Problem>> {
  let ended = 0;
  for (const state of ["pending", "approved"] as const) {
    let after: string | null = null;
    do {
      const page: Result<ApprovalPage, Problem> = await attempted(
        () => parts.store.list({ state }, { after, limit: maxPage }),
        "store/away",
        parts,
      );
      if (!page.ok) return page;
      for (const one of page.value.approvals) {
        const step = expire(one, parts.clock.nowMs());
        const won = step === null ? ok(false) : await settle(one, step, parts);
        if (!won.ok) return won;
        if (won.value) ended += 1;
      }
      after = page.value.next;
    } while (after !== null);
  }
  return ok(ended);
}
