import type { PoolClient, QueryConfig } from "pg";
import { holdsFrom, holdsText } from "../batch/holds.js";
import type { Needs } from "../batch/needs.js";
import { unusedQuota } from "../batch/quota-state.js";
import { type Changes, nothingTaken, type TakingsState } from "../batch/takings-state.js";

/** Another process took first what was free when it was looked at: to be looked at again. */
export const raceLost = "LK001";

/** Locks and loads what calls need, within a transaction. */
export async function lockState(client: PoolClient, needs: Needs): Promise<TakingsState> {
  const { nonces, approvals, executions, quotas } = needs;
  const { rows } = await client.query({
    name: "lock_state",
    text: "SELECT lockkeeper.lock_state($1, $2, $3, $4, $5) AS state",
    values: [nonces, approvals, executions, [...quotas.keys()], [...quotas.values()]],
  });
  return stateFrom(rows[0]?.state);
}

/** The statement that writes what calls changed; it fails with `raceLost` where somebody else was first. */
export function writeState(writer: string, state: TakingsState, changes: Changes): QueryConfig {
  const { nonces, approvals, opened, ended, uses } = changes;
  const quotas = [...uses].map(([key, { windowMs }]) => ({
    key,
    windowMs,
    ...(state.quotas.get(key) ?? unusedQuota()),
  }));
  const used = [...uses].flatMap(([key, { byMs }]) => [...byMs].map(([atMs, amount]) => ({ key, atMs, amount })));
  const inOrder = <T>(map: ReadonlyMap<string, T>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    name: "write_state",
    text: "SELECT lockkeeper.write_state($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
    values: [
      writer,
      ...columnsOf(inOrder(nonces)),
      ...columnsOf(inOrder(approvals)),
      ...columnsOf(inOrder(opened).map(([id, holds]) => [id, holdsText(holds)])),
      [...ended].sort(),
      quotas.map(({ key }) => key),
      quotas.map(({ windowMs }) => windowMs),
      quotas.map(({ total }) => total),
      quotas.map(({ goneMs }) => goneMs),
      used.map(({ key }) => key),
      used.map(({ atMs }) => atMs),
      used.map(({ amount }) => amount),
    ],
  };
}

function columnsOf<T>(rows: readonly (readonly [string, T])[]): readonly [readonly string[], readonly T[]] {
  return [rows.map(([first]) => first), rows.map(([, second]) => second)];
}

/** Reads what `lock_state` tells; lists without anything are null. */
function stateFrom(told: unknown): TakingsState {
  const { nonces, approvals, open, quotas } = Object(told);
  const state = nothingTaken();
  for (const nonce of listOf(nonces)) state.nonces.add(String(nonce));
  for (const id of listOf(approvals)) state.approvals.add(String(id));
  for (const row of listOf(open)) {
    const [id, holds] = listOf(row);
    state.open.set(String(id), holdsFrom(String(holds)));
  }
  for (const row of listOf(quotas)) {
    const [key, total, goneMs, uses] = listOf(row);
    const loaded = listOf(uses).map((use) => {
      const [atMs, amount] = listOf(use);
      return { atMs: countOf(atMs), amount: countOf(amount) };
    });
    state.quotas.set(String(key), { total: countOf(total), goneMs: countOf(goneMs), uses: loaded });
  }
  return state;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function countOf(value: unknown): number {
  if (!Number.isSafeInteger(value)) throw new Error("a quota in the store is no whole number");
  return Number(value);
}
