import type { DatabaseSync } from "node:sqlite";
import { holdsFrom } from "../batch/holds.js";
import { isIdle, prunableBeforeMs, pruneRows, sinceAfter } from "../batch/pruning.js";
import { integerOf, textOf } from "../row.js";
import { inTransaction } from "./transaction.js";

/** How many uses of idle quotas are deleted at once, at least: of one quota all or none. */
const maxUses = 1000;

/** Forgets nonces and quotas that can count no more, a batch each time. @returns whether there is more to do at once */
export function sqlitePruning(db: DatabaseSync): (nowMs: number) => boolean {
  const oldNonces = db.prepare(
    `SELECT nonce, taken_ms FROM nonces WHERE taken_ms < ? ORDER BY taken_ms LIMIT ${pruneRows}`,
  );
  const deleteNonce = db.prepare("DELETE FROM nonces WHERE nonce = ?");
  const raiseSince = db.prepare("UPDATE store SET since_s = max(since_s, ?)");
  const quotas = db.prepare(
    `SELECT id, key, window_ms, (SELECT max(at_ms) FROM uses WHERE quota = id) AS last_ms FROM quotas
      WHERE id > ? ORDER BY id LIMIT ${pruneRows}`,
  );
  const holds = db.prepare("SELECT holds FROM executions");
  const deleteUses = db.prepare("DELETE FROM uses WHERE quota = ?");
  const deleteQuota = db.prepare("DELETE FROM quotas WHERE id = ?");
  /** Quotas are looked at in turn, so that a look costs the same however many there are. */
  let lookedAt = 0;

  const pruneNonces = (beforeMs: number): boolean => {
    const old = oldNonces.all(beforeMs);
    if (old.length === 0) return false;
    for (const row of old) deleteNonce.run(textOf(row, "nonce"));
    raiseSince.run(sinceAfter(integerOf(old.at(-1), "taken_ms")));
    return old.length === pruneRows;
  };

  /** What an open execution has reserved of a quota is settled at its end, so the quota stays until then. */
  const pruneQuotas = (beforeMs: number): boolean => {
    const page = quotas.all(lookedAt);
    const held = new Set(holds.all().flatMap((row) => holdsFrom(textOf(row, "holds")).map(({ key }) => key)));
    let deleted = 0;
    let uses = 0;
    for (const row of page) {
      if (uses >= maxUses) return true;
      lookedAt = integerOf(row, "id");
      const lastMs = row.last_ms === null ? null : integerOf(row, "last_ms");
      if (!isIdle(lastMs, integerOf(row, "window_ms"), beforeMs) || held.has(textOf(row, "key"))) continue;
      uses += Number(deleteUses.run(lookedAt).changes);
      deleted += Number(deleteQuota.run(lookedAt).changes);
    }
    if (page.length === pruneRows) return deleted > 0;
    lookedAt = 0;
    return false;
  };

  return (nowMs) =>
    inTransaction(db, () => {
      const beforeMs = prunableBeforeMs(nowMs);
      const moreNonces = pruneNonces(beforeMs);
      return pruneQuotas(beforeMs) || moreNonces;
    });
}
