import { prunableBeforeMs, pruneRows } from "../batch/pruning.js";
import { integerOf } from "../row.js";
import type { Connection } from "./connection.js";

/** How many quotas are looked at in one statement: each has up to 4 097 uses, and a statement has 0.7 s. */
const quotasAtOnce = 20;

/**
 * Forgets nonces and quotas that can count no more, a batch each time, by functions that can do nothing else: the gateway's
 * role may not delete a nonce.
 *
 * @returns whether there is more to do at once
 */
export function postgresPruning({ run }: Pick<Connection, "run">): (nowMs: number) => Promise<boolean> {
  /** Quotas are looked at in turn, so that a look costs the same however many there are. */
  let lookedAt = 0;
  return async (nowMs) => {
    const beforeMs = prunableBeforeMs(nowMs);
    const nonces = await run(async (client) => {
      const { rows } = await client.query("SELECT lockkeeper.prune_nonces($1, $2) AS gone", [beforeMs, pruneRows]);
      return integerOf(rows[0], "gone");
    });
    const { looked, gone } = await run(async (client) => {
      const { rows } = await client.query(
        "SELECT last::float8 AS last, looked, gone FROM lockkeeper.prune_quotas($1, $2, $3)",
        [beforeMs, lookedAt, quotasAtOnce],
      );
      const [row] = rows;
      lookedAt = integerOf(row, "last");
      return { looked: integerOf(row, "looked"), gone: integerOf(row, "gone") };
    });
    if (looked < quotasAtOnce) lookedAt = 0;
    return nonces === pruneRows || (looked === quotasAtOnce && gone > 0);
  };
}
