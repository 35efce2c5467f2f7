import pg, { type PoolClient } from "pg";
import type { Head } from "../../audit/index.js";
import type { Clock } from "../../model/index.js";
import { type Call, type Plan, planCalls } from "../batch/calls.js";
import { needsOf } from "../batch/needs.js";
import { nothingTaken, type TakingsState } from "../batch/takings-state.js";
import type { SpilledLine } from "../spill/spill-file.js";
import { differingEntries, endedIn, insertEntries } from "./entry-rows.js";
import { lockState, raceLost, writeState } from "./postgres-state.js";

/** How often a batch begins anew because another process took first what it asked for. */
const maxRaces = 20;

/**
 * Carries out calls in one transaction: locks and loads what they need, plans them, writes. Where nothing is taken or given
 * back, one round trip does.
 *
 * @param planned - told each plan before it is written: where writing fails, nobody knows whether it was
 */
export async function writeCalls(
  client: PoolClient,
  calls: readonly Call[],
  head: Head,
  clock: Clock,
  planned: (plan: Plan) => void,
): Promise<Plan> {
  for (let races = 0; ; races++) {
    try {
      return await writeOnce(client, calls, head, clock, planned);
    } catch (error) {
      // Where the database does not answer it would not answer this either; the connection is given up.
      if (!(error instanceof pg.DatabaseError)) throw error;
      await client.query("ROLLBACK").catch(() => undefined);
      if (!isRace(error) || races === maxRaces) throw error;
    }
  }
}

async function writeOnce(
  client: PoolClient,
  calls: readonly Call[],
  head: Head,
  clock: Clock,
  planned: (plan: Plan) => void,
): Promise<Plan> {
  const takes = calls.some(({ kind }) => kind !== "append");
  const [, state] = await allOf([
    client.query("BEGIN").then(nothingTaken),
    takes ? lockState(client, needsOf(calls)) : Promise.resolve(nothingTaken()),
  ]);
  const plan = planCalls(calls, head, state ?? nothingTaken(), clock.nowMs());
  planned(plan);
  await allOf([...writes(client, head.writer, plan, state ?? nothingTaken()), client.query("COMMIT")]);
  return plan;
}

function writes(
  client: PoolClient,
  writer: string,
  { entries, changes }: Plan,
  state: TakingsState,
): Promise<unknown>[] {
  const { nonces, approvals, opened, ended, uses } = changes;
  const changed = [nonces, approvals, opened, ended, uses].some(({ size }) => size > 0);
  const rows = entries.map(({ entry, seq, line, atMs }) => {
    return { writer, seq, line, members: { ...entry, at_ms: atMs } };
  });
  return [
    ...(rows.length > 0 ? [client.query(insertEntries(rows, false))] : []),
    ...(changed ? [client.query(writeState(writer, state, changes))] : []),
  ];
}

/**
 * Adds entries that were recorded elsewhere while the database was away, exactly as they are. Executions that have their end
 * among them are no longer open.
 *
 * @throws where another entry stands under one of their numbers: somebody changed either
 */
export async function addSpilled(client: PoolClient, lines: readonly SpilledLine[]): Promise<void> {
  const rows = lines.map((one) => ({ ...one, members: Object(JSON.parse(one.line)) }));
  const writers = [...new Set(rows.map(({ writer }) => writer))];
  try {
    const [, , , , differing] = await allOf([
      client.query("BEGIN"),
      client.query("INSERT INTO lockkeeper.writers (writer) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING", [
        writers,
      ]),
      client.query(insertEntries(rows, true)),
      client.query("DELETE FROM lockkeeper.executions WHERE execution_id = ANY ($1)", [endedIn(rows)]),
      client.query(differingEntries(rows)),
    ]);
    const other: unknown = differing?.rows[0];
    if (other !== undefined)
      throw new Error(`the audit holds another entry than was spilled: ${JSON.stringify(other)}`);
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined);
    throw error;
  }
}

/** Waits for all statements on their way, and only then fails if one has: none may still run when the connection is given back. */
async function allOf<T>(statements: readonly Promise<T>[]): Promise<readonly T[]> {
  const settled = await Promise.allSettled(statements);
  return settled.map((one) => {
    if (one.status === "rejected") throw one.reason;
    return one.value;
  });
}

/** Somebody else was first, or two waited for one another: nothing was written, and what is true now can be looked at again. */
function isRace(error: unknown): boolean {
  return error instanceof pg.DatabaseError && [raceLost, "40001", "40P01"].includes(error.code ?? "");
}
