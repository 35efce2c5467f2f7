import type { DatabaseSync } from "node:sqlite";
import type { UsageKey } from "../../gate/index.js";
import type { UsageFacts } from "../../model/index.js";
import { holdsFrom, holdsText } from "../batch/holds.js";
import type { Needs } from "../batch/needs.js";
import { type QuotaState, unusedQuota, usageFacts } from "../batch/quota-state.js";
import { type Changes, nothingTaken, type TakingsState } from "../batch/takings-state.js";
import { integerOf, textOf } from "../row.js";

/** Loads and writes what is taken, within a transaction that somebody else opens and commits. */
export interface TakingsTables {
  load(needs: Needs): TakingsState;
  write(writer: string, state: TakingsState, changes: Changes): void;
  isTaken(nonce: string): boolean;
  usage(key: UsageKey, nowMs: number): UsageFacts;
  /** Whose executions have no end yet. */
  openWriters(): readonly string[];
  /** Makes one writer's executions another's, to be ended as interrupted. */
  adopt(from: string, by: string): void;
  orphans(of: string): readonly string[];
  /** Forgets uses that no limit counts any more, of keys that nobody takes from again either. */
  sweep(nowMs: number): void;
}

/** The tables of nonces, uses of approvals, executions and quotas. */
export function takingsTables(db: DatabaseSync): TakingsTables {
  const nonce = db.prepare("SELECT 1 FROM nonces WHERE nonce = ?");
  const approval = db.prepare("SELECT 1 FROM approval_uses WHERE approval_id = ?");
  const execution = db.prepare("SELECT holds FROM executions WHERE execution_id = ?");
  const quota = db.prepare(
    "SELECT id, total, gone_ms, (SELECT min(at_ms) FROM uses WHERE quota = id) AS first_ms FROM quotas WHERE key = ?",
  );
  const leaving = db.prepare("SELECT at_ms, amount FROM uses WHERE quota = ? AND at_ms <= ? ORDER BY at_ms");
  const sumLeaving = db.prepare("SELECT coalesce(sum(amount), 0) AS sum FROM uses WHERE quota = ? AND at_ms <= ?");
  const first = db.prepare(
    "SELECT at_ms FROM uses WHERE quota = ? AND at_ms > ? AND amount > 0 ORDER BY at_ms LIMIT 1",
  );
  const insertNonce = db.prepare("INSERT INTO nonces (nonce, taken_ms) VALUES (?, ?)");
  const insertApproval = db.prepare("INSERT INTO approval_uses (approval_id, execution_id) VALUES (?, ?)");
  const insertExecution = db.prepare("INSERT INTO executions (execution_id, writer, holds) VALUES (?, ?, ?)");
  const deleteExecution = db.prepare("DELETE FROM executions WHERE execution_id = ?");
  const insertQuota = db.prepare(
    "INSERT INTO quotas (key, window_ms, total, gone_ms) VALUES (?, coalesce(?, 0), ?, ?)",
  );
  const updateQuota = db.prepare(
    "UPDATE quotas SET window_ms = coalesce(?, window_ms), total = ?, gone_ms = ? WHERE id = ?",
  );
  const addUse = db.prepare(
    `INSERT INTO uses (quota, at_ms, amount) VALUES (?, ?, ?)
      ON CONFLICT (quota, at_ms) DO UPDATE SET amount = amount + excluded.amount`,
  );
  const deleteGone = db.prepare("DELETE FROM uses WHERE quota = ? AND at_ms <= ?");
  const openWriters = db.prepare("SELECT DISTINCT writer FROM executions");
  const adopt = db.prepare("UPDATE executions SET writer = ?, is_orphan = 1 WHERE writer = ?");
  const orphans = db.prepare("SELECT execution_id FROM executions WHERE writer = ? AND is_orphan = 1");
  const idle = db.prepare(
    "SELECT id FROM quotas WHERE total > 0 AND NOT EXISTS (SELECT 1 FROM uses WHERE quota = id AND at_ms + window_ms > ?)",
  );
  const deleteUses = db.prepare("DELETE FROM uses WHERE quota = ?");
  const emptyQuota = db.prepare("UPDATE quotas SET total = 0, gone_ms = max(gone_ms, ? - window_ms) WHERE id = ?");

  /** The rows that were loaded within this transaction, as they were. */
  const loaded = new Map<string, { readonly id: number; readonly goneMs: number }>();

  const quotaState = (key: string, horizonMs: number): QuotaState => {
    const row = quota.get(key);
    if (row === undefined) return unusedQuota();
    const [id, goneMs] = [integerOf(row, "id"), integerOf(row, "gone_ms")];
    loaded.set(key, { id, goneMs });
    const isLeaving = row.first_ms !== null && integerOf(row, "first_ms") <= horizonMs;
    const uses = isLeaving ? leaving.all(id, horizonMs) : [];
    return {
      total: integerOf(row, "total"),
      goneMs,
      uses: uses.map((use) => ({ atMs: integerOf(use, "at_ms"), amount: integerOf(use, "amount") })),
    };
  };

  return {
    isTaken: (id) => nonce.get(id) !== undefined,
    load: ({ nonces, approvals, executions, quotas }) => {
      const state = nothingTaken();
      loaded.clear();
      for (const id of nonces) if (nonce.get(id) !== undefined) state.nonces.add(id);
      for (const id of approvals) if (approval.get(id) !== undefined) state.approvals.add(id);
      for (const id of executions) {
        const row = execution.get(id);
        if (row !== undefined) state.open.set(id, holdsFrom(textOf(row, "holds")));
      }
      for (const [key, horizonMs] of quotas) state.quotas.set(key, quotaState(key, horizonMs));
      return state;
    },
    write: (writer, state, changes) => {
      for (const [id, takenMs] of changes.nonces) insertNonce.run(id, takenMs);
      for (const [id, executionId] of changes.approvals) insertApproval.run(id, executionId);
      for (const [id, holds] of changes.opened) insertExecution.run(id, writer, holdsText(holds));
      for (const id of changes.ended) deleteExecution.run(id);
      for (const [key, { windowMs, byMs }] of changes.uses) {
        const { total, goneMs } = state.quotas.get(key) ?? unusedQuota();
        const known = loaded.get(key);
        const id = known?.id ?? Number(insertQuota.run(key, windowMs, total, goneMs).lastInsertRowid);
        if (known !== undefined) updateQuota.run(windowMs, total, goneMs, id);
        for (const [atMs, amount] of byMs) if (amount !== 0) addUse.run(id, atMs, amount);
        if (goneMs > (known?.goneMs ?? 0)) deleteGone.run(id, goneMs);
      }
    },
    usage: ({ key, window_ms }, nowMs) => {
      const row = quota.get(key);
      if (row === undefined) return usageFacts(0, undefined, window_ms);
      const id = integerOf(row, "id");
      const horizonMs = nowMs - window_ms;
      const used = integerOf(row, "total") - integerOf(sumLeaving.get(id, horizonMs), "sum");
      const next = first.get(id, horizonMs);
      return usageFacts(used, next === undefined ? undefined : integerOf(next, "at_ms"), window_ms);
    },
    openWriters: () => openWriters.all().map((row) => textOf(row, "writer")),
    adopt: (from, by) => {
      adopt.run(by, from);
    },
    orphans: (of) => orphans.all(of).map((row) => textOf(row, "execution_id")),
    sweep: (nowMs) => {
      for (const row of idle.all(nowMs)) {
        deleteUses.run(integerOf(row, "id"));
        emptyQuota.run(nowMs, integerOf(row, "id"));
      }
    },
  };
}
