import { type Approval, type ApprovalStore, maxPage } from "../../approval/index.js";
import { cursorFrom, cursorText } from "../page-cursor.js";

/** Approvals in this process's memory. Records are copied on their way in: what was stored does not change. */
export function createMemoryApprovals(): ApprovalStore {
  const records = new Map<string, Approval>();
  return {
    create: async (approval) => {
      if (records.has(approval.id)) throw new Error("there is an approval of this id");
      records.set(approval.id, structuredClone(approval));
    },
    find: async (id) => records.get(id) ?? null,
    list: async ({ state, requested_by, task, review_due }, { after, limit }) => {
      const end = cursorFrom(after);
      const count = Math.min(Math.max(limit, 1), maxPage);
      const asked = [...records.values()].filter(
        (one) =>
          (state === undefined || one.state === state) &&
          (requested_by === undefined || one.requested_by === requested_by) &&
          (task === undefined || one.task === task) &&
          (review_due === undefined || (one.review?.state === "due") === review_due),
      );
      const inOrder = asked.sort(newestFirst);
      const rest =
        end === undefined
          ? inOrder
          : inOrder.filter((one) => newestFirst({ requested_at_ms: end.requestedAtMs, id: end.id }, one) < 0);
      const approvals = rest.slice(0, count);
      const last = rest.length > count ? approvals.at(-1) : undefined;
      const next = last === undefined ? null : cursorText({ requestedAtMs: last.requested_at_ms, id: last.id });
      return { approvals, next };
    },
    update: async (id, expectedVersion, next) => {
      if (records.get(id)?.version !== expectedVersion) return false;
      records.set(id, structuredClone(next));
      return true;
    },
  };
}

type Placed = Pick<Approval, "requested_at_ms" | "id">;

function newestFirst(a: Placed, b: Placed): number {
  return b.requested_at_ms - a.requested_at_ms || (a.id < b.id ? -1 : Number(a.id > b.id));
}
