import type { Actuals, Lost, Opened, Opening } from "../../gate/index.js";
import type { Consumption } from "../../model/index.js";
import { addUse, forget, grainEnd, isOver, type QuotaState, unusedQuota } from "./quota-state.js";

/** What an execution reserved of one key. */
export type Hold = { readonly key: string; readonly atMs: number; readonly amount: number };

/**
 * What is taken, as far as the calls at hand ask for it. A store loads it, lets the calls change it one after another, and
 * writes what changed; the memory store keeps it whole.
 */
export type TakingsState = {
  readonly nonces: Set<string>;
  readonly approvals: Set<string>;
  /** Executions that are open, with what they reserved. */
  readonly open: Map<string, readonly Hold[]>;
  readonly quotas: Map<string, QuotaState>;
};

/** What the calls changed, for a store to write. */
export type Changes = {
  readonly nonces: Map<string, number>;
  /** Approval id → the execution that used it. */
  readonly approvals: Map<string, string>;
  readonly opened: Map<string, readonly Hold[]>;
  readonly ended: Set<string>;
  /** Key → its window, and moment → by how much the use at that moment changed. */
  readonly uses: Map<string, { readonly windowMs: number | null; readonly byMs: Map<number, number> }>;
};

export function nothingTaken(): TakingsState {
  return { nonces: new Set(), approvals: new Set(), open: new Map(), quotas: new Map() };
}

export function noChanges(): Changes {
  return { nonces: new Map(), approvals: new Map(), opened: new Map(), ended: new Set(), uses: new Map() };
}

/**
 * What somebody else had first, if anything: the nonce, the approval, then the quotas.
 *
 * @requirement EXE-04
 */
export function lostTo(state: TakingsState, { nonce, approvalUse, reservations, nowMs }: Opening): Lost | undefined {
  if (isTaken(state.nonces, nonce)) return { which: "nonce", key: nonce };
  if (isTaken(state.approvals, approvalUse)) return { which: "approval", key: approvalUse };
  const over = reservations.find((asked) => isOver(quotaNow(state, asked, nowMs), asked));
  return over === undefined ? undefined : { which: "quota", key: over.key };
}

/** Whether something is asked for, and somebody has it: a set of texts never holds null. */
function isTaken(taken: ReadonlySet<string | null>, asked: string | null): asked is string {
  return taken.has(asked);
}

/** Takes all that an opening asks for, or nothing. */
export function takeAll(state: TakingsState, given: Opening, changes: Changes): Opened {
  const opening = { ...given, reservations: onePerKey(given.reservations) };
  const lost = lostTo(state, opening);
  if (lost !== undefined) return { kind: "lost", ...lost };
  const { executionId, nowMs, nonce, approvalUse, reservations } = opening;
  if (nonce !== null) {
    state.nonces.add(nonce);
    changes.nonces.set(nonce, nowMs);
  }
  if (approvalUse !== null) {
    state.approvals.add(approvalUse);
    changes.approvals.set(approvalUse, executionId);
  }
  const holds = reservations.map((asked) => {
    const quota = quotaNow(state, asked, nowMs);
    const atMs = Math.max(grainEnd(nowMs, asked.window_ms), quota.goneMs + 1);
    changeUse(quota, asked.key, atMs, asked.amount, changes, asked.window_ms);
    return { key: asked.key, atMs, amount: asked.amount };
  });
  markOpen(state, executionId, holds, changes);
  return { kind: "opened" };
}

/** Remembers an execution until its end, with what it reserved. */
export function markOpen(state: TakingsState, executionId: string, holds: readonly Hold[], changes: Changes): void {
  state.open.set(executionId, holds);
  changes.opened.set(executionId, holds);
}

/** Forgets an execution, for it has come to its end. */
export function markEnded(state: TakingsState, executionId: string, changes: Changes): void {
  state.open.delete(executionId);
  changes.ended.add(executionId);
}

/**
 * Settles what was reserved by what was used: that can only be less. Keys without an actual keep their reservation.
 */
export function settleAll(state: TakingsState, executionId: string, actuals: Actuals, changes: Changes): void {
  for (const { key, atMs, amount } of state.open.get(executionId) ?? []) {
    const quota = state.quotas.get(key);
    const actual = actuals[key];
    if (quota === undefined || actual === undefined || actual >= amount || atMs <= quota.goneMs) continue;
    changeUse(quota, key, atMs, actual - amount, changes, null);
  }
  markEnded(state, executionId, changes);
}

function changeUse(
  quota: QuotaState,
  key: string,
  atMs: number,
  amount: number,
  changes: Changes,
  windowMs: number | null,
): void {
  addUse(quota, atMs, amount);
  const known = changes.uses.get(key);
  const byMs = known?.byMs ?? new Map<number, number>();
  byMs.set(atMs, (byMs.get(atMs) ?? 0) + amount);
  changes.uses.set(key, { windowMs: windowMs ?? known?.windowMs ?? null, byMs });
}

function quotaNow(state: TakingsState, { key, window_ms }: Consumption, nowMs: number): QuotaState {
  const quota = state.quotas.get(key) ?? unusedQuota();
  state.quotas.set(key, quota);
  forget(quota, window_ms, nowMs);
  return quota;
}

/** A key that is asked for twice is asked for its sum, within the smaller limit. */
function onePerKey(reservations: readonly Consumption[]): readonly Consumption[] {
  const byKey = new Map<string, Consumption>();
  for (const asked of reservations) {
    const known = byKey.get(asked.key);
    const amount = asked.amount + (known?.amount ?? 0);
    const limit = Math.min(asked.limit, known?.limit ?? asked.limit);
    byKey.set(asked.key, { ...asked, amount, limit });
  }
  return [...byKey.values()];
}
