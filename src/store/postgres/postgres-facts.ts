import type { Usage, UsageKey } from "../../gate/index.js";
import type { UsageFacts } from "../../model/index.js";
import type { Outcome } from "../batch/calls.js";
import { groupCommit } from "../batch/group-commit.js";
import { usageFacts } from "../batch/quota-state.js";
import { integerOf, type Row } from "../row.js";
import type { Connection } from "./connection.js";

/**
 * Reads what is known of nonces and quotas. What is asked at the same time is asked in one statement.
 *
 * @param sinceS - since when nonces are remembered, as was last heard
 * @param heard - is told it with each look at the nonces: another process may have forgotten some
 */
export function postgresFacts(
  { run }: Pick<Connection, "run">,
  sinceS: () => number,
  heard: (sinceS: number) => void,
): Usage {
  const seen = groupCommit<string, boolean>(async (nonces) => {
    const { rows } = await run((client) =>
      client.query({
        name: "seen",
        text: seenText,
        values: [nonces],
      }),
    );
    const [row] = rows;
    heard(integerOf(row, "since_s"));
    const taken = new Set<unknown>(row.taken);
    return nonces.map((nonce) => ({ ok: true, value: taken.has(nonce) }));
  });
  const usage = groupCommit<Asked, readonly UsageFacts[]>(async (asked) => {
    const each = asked.flatMap(({ keys, nowMs }) =>
      keys.map(({ key, window_ms }) => ({ key, window_ms, horizonMs: nowMs - window_ms })),
    );
    const { rows } = await run((client) =>
      client.query({
        name: "usage",
        text: usageText,
        values: [each.map(({ key }) => key), each.map(({ horizonMs }) => horizonMs)],
      }),
    );
    const facts = each.map(({ window_ms }, n) => factsFrom(rows[n], window_ms));
    let at = 0;
    return asked.map(({ keys }): Outcome<readonly UsageFacts[]> => {
      const own = facts.slice(at, at + keys.length);
      at += keys.length;
      return { ok: true, value: own };
    });
  });
  return {
    sinceS: async () => sinceS(),
    seen: (nonce) => seen.submit(nonce),
    usage: async (keys, nowMs) => (keys.length === 0 ? [] : usage.submit({ keys, nowMs })),
  };
}

type Asked = { readonly keys: readonly UsageKey[]; readonly nowMs: number };

/** Both of one moment: what was forgotten before is told by one, what was not by the other. */
const seenText = `
SELECT since_s::float8 AS since_s, ARRAY(SELECT nonce FROM lockkeeper.nonces WHERE nonce = ANY ($1)) AS taken
FROM lockkeeper.store WHERE only_row`;

/** Numbers as float8, which holds whole ones up to 2^53 exactly, as JavaScript does. */
const usageText = `
SELECT
  (coalesce(q.total, 0) - coalesce((
    SELECT sum(amount) FROM lockkeeper.uses WHERE quota = q.id AND at_ms <= asked.horizon), 0))::float8 AS used,
  (SELECT at_ms FROM lockkeeper.uses WHERE quota = q.id AND at_ms > asked.horizon AND amount > 0
    ORDER BY at_ms LIMIT 1)::float8 AS first_ms
FROM unnest($1::text[], $2::bigint[]) WITH ORDINALITY AS asked (key, horizon, n)
LEFT JOIN lockkeeper.quotas q ON q.key = asked.key COLLATE "C"
ORDER BY asked.n`;

function factsFrom(row: Row | undefined, windowMs: number): UsageFacts {
  const first = row?.first_ms === null ? undefined : integerOf(row, "first_ms");
  return usageFacts(integerOf(row, "used"), first, windowMs);
}
