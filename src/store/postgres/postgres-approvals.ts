import { type Approval, type ApprovalStore, maxPage } from "../../approval/index.js";
import { cursorFrom, cursorText } from "../page-cursor.js";
import { approvalFrom } from "../records.js";
import { textOf } from "../row.js";
import type { Connection } from "./connection.js";

/** Approvals as JSON records, with what they are listed by beside them. */
export function postgresApprovals({ run }: Pick<Connection, "run">): ApprovalStore {
  return {
    create: (approval) =>
      run(async (client) => {
        await client.query(
          `INSERT INTO lockkeeper.approvals (version, state, requested_by, requested_at_ms, task, is_review_due, record, id)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
          [...columns(approval), approval.id],
        );
      }),
    find: async (id) => {
      const { rows } = await run((client) =>
        client.query({
          name: "find_approval",
          text: "SELECT record FROM lockkeeper.approvals WHERE id = $1",
          values: [id],
        }),
      );
      return rows.length === 0 ? null : approvalFrom(textOf(rows[0], "record"));
    },
    list: async ({ state, requested_by, task, review_due }, { after, limit }) => {
      const end = cursorFrom(after);
      const count = Math.min(Math.max(limit, 1), maxPage);
      const asked = [state ?? null, requested_by ?? null, task ?? null, review_due ?? null];
      const { rows } = await run((client) =>
        client.query(
          `SELECT record FROM lockkeeper.approvals
            WHERE ($1::text IS NULL OR state = $1) AND ($2::text IS NULL OR requested_by = $2)
              AND ($3::text IS NULL OR task = $3) AND ($4::boolean IS NULL OR is_review_due = $4)
              AND ($5::bigint IS NULL OR requested_at_ms < $5 OR (requested_at_ms = $5 AND id > $6 COLLATE "C"))
            ORDER BY requested_at_ms DESC, id LIMIT $7`,
          [...asked, end?.requestedAtMs ?? null, end?.id ?? null, count + 1],
        ),
      );
      const approvals = rows.slice(0, count).map((row) => approvalFrom(textOf(row, "record")));
      const last = rows.length > count ? approvals.at(-1) : undefined;
      const next = last === undefined ? null : cursorText({ requestedAtMs: last.requested_at_ms, id: last.id });
      return { approvals, next };
    },
    update: (id, expectedVersion, next) =>
      run(async (client) => {
        const { rowCount } = await client.query(
          `UPDATE lockkeeper.approvals SET version = $1, state = $2, requested_by = $3, requested_at_ms = $4, task = $5,
            is_review_due = $6, record = $7 WHERE id = $8 AND version = $9`,
          [...columns(next), id, expectedVersion],
        );
        return rowCount === 1;
      }),
  };
}

function columns(approval: Approval): readonly unknown[] {
  const { version, state, requested_by, requested_at_ms, task, review } = approval;
  return [version, state, requested_by, requested_at_ms, task, review?.state === "due", JSON.stringify(approval)];
}
