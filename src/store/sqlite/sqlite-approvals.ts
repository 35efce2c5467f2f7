import type { DatabaseSync } from "node:sqlite";
import { type Approval, type ApprovalStore, maxPage } from "../../approval/index.js";
import { cursorFrom, cursorText } from "../page-cursor.js";
import { approvalFrom } from "../records.js";
import { textOf } from "../row.js";

/**
 * Approvals as JSON records, with what they are listed by beside them.
 *
 * @param commit - runs a change within the next transaction; settles once that is durable
 */
export function sqliteApprovals(db: DatabaseSync, commit: (change: () => void) => Promise<unknown>): ApprovalStore {
  const insert = db.prepare(
    `INSERT INTO approvals (id, version, state, requested_by, requested_at_ms, task, is_review_due, record)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const find = db.prepare("SELECT record FROM approvals WHERE id = ?");
  const update = db.prepare(
    `UPDATE approvals SET version = ?, state = ?, requested_by = ?, requested_at_ms = ?, task = ?, is_review_due = ?,
      record = ? WHERE id = ? AND version = ?`,
  );
  const list = db.prepare(
    `SELECT record FROM approvals
      WHERE (?1 IS NULL OR state = ?1) AND (?2 IS NULL OR requested_by = ?2) AND (?3 IS NULL OR task = ?3)
        AND (?4 IS NULL OR is_review_due = ?4)
        AND (?5 IS NULL OR requested_at_ms < ?5 OR (requested_at_ms = ?5 AND id > ?6))
      ORDER BY requested_at_ms DESC, id LIMIT ?7`,
  );
  return {
    create: async (approval) => {
      await commit(() => insert.run(approval.id, ...columns(approval)));
    },
    find: async (id) => {
      const row = find.get(id);
      return row === undefined ? null : approvalFrom(textOf(row, "record"));
    },
    list: async ({ state, requested_by, task, review_due }, { after, limit }) => {
      const end = cursorFrom(after);
      const due = review_due === undefined ? null : Number(review_due);
      const count = Math.min(Math.max(limit, 1), maxPage);
      const asked = [state ?? null, requested_by ?? null, task ?? null, due];
      const rows = list.all(...asked, end?.requestedAtMs ?? null, end?.id ?? null, count + 1);
      const approvals = rows.slice(0, count).map((row) => approvalFrom(textOf(row, "record")));
      const last = rows.length > count ? approvals.at(-1) : undefined;
      const next = last === undefined ? null : cursorText({ requestedAtMs: last.requested_at_ms, id: last.id });
      return { approvals, next };
    },
    update: async (id, expectedVersion, next) => {
      let changed = 0;
      await commit(() => {
        changed = Number(update.run(...columns(next), id, expectedVersion).changes);
      });
      return changed === 1;
    },
  };
}

function columns(approval: Approval): (string | number | null)[] {
  const { version, state, requested_by, requested_at_ms, task, review } = approval;
  return [
    version,
    state,
    requested_by,
    requested_at_ms,
    task,
    Number(review?.state === "due"),
    JSON.stringify(approval),
  ];
}
