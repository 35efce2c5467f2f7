import type { ApprovalStore, KillSwitchStore } from "../../approval/index.js";
import { type AuditLog, chainEntry, emptyHead, type Head } from "../../audit/index.js";
import type { Actuals, Ledger, Opened, Takings } from "../../gate/index.js";
import type { Clock, Entry } from "../../model/index.js";
import type { Call, Outcome, Plan } from "../batch/calls.js";
import { groupCommit } from "../batch/group-commit.js";
import { submitted } from "../batch/submitted.js";
import { CountChanged } from "../checkpoint-count.js";
import { lineHash } from "../line-hash.js";
import { once } from "../once.js";
import { integerOf, textOf } from "../row.js";
import { openSpill, type Spill, type SpilledLine } from "../spill/spill-file.js";
import { insertCheckpoint, inTransaction } from "./checkpoints.js";
import { type Connection, openConnection, type Run, StoreAway } from "./connection.js";
import { outcomeAway } from "./outcome-away.js";
import { postgresApprovals } from "./postgres-approvals.js";
import { postgresEntries } from "./postgres-entries.js";
import { postgresFacts } from "./postgres-facts.js";
import { postgresKillSwitch } from "./postgres-kill-switch.js";
import { postgresPruning } from "./postgres-pruning.js";
import { addSpilled, writeCalls } from "./postgres-writer.js";
import { adoptOrphans, type WriterSession, writerSession } from "./writer-session.js";

/** Everything that gateways keep, in a database that they share. */
export interface PostgresStore extends AsyncDisposable {
  readonly ledger: Ledger;
  readonly takings: Takings;
  /** Goes to the spill while the database is away; what is read comes from the database alone. */
  readonly audit: AuditLog;
  readonly approvals: ApprovalStore;
  readonly killSwitch: KillSwitchStore;
  /**
   * Executions without an end whose process is gone, of all that share the database. They are this writer's from now on, to
   * be closed as `interrupted`. To be asked at the start and then now and again: not every process that dies comes back.
   */
  unfinished(): Promise<readonly string[]>;
  /**
   * Forgets some of what can count no more: nonces whose tokens have expired by far, quotas that nobody has taken from for
   * as long. To be asked now and again. @returns whether there is more of it now
   */
  prune(nowMs: number): Promise<boolean>;
  /**
   * Adds what was spilled, also by processes that are gone, while the database is there. Otherwise it waits for the next time
   * that the database comes back, or that this process writes. To be asked now and again.
   *
   * @throws where it cannot be added; then it stays
   */
  catchUp(): Promise<void>;
  health(): PostgresHealth;
  close(): Promise<void>;
}

/** Why the database is away, null while it is there; and whether entries wait for it. */
export type PostgresHealth = { readonly away: string | null; readonly spilled: boolean };

/** What a PostgreSQL store needs. */
export type PostgresWorld = {
  readonly url: string;
  /** This process's name, at most 64 characters, never used again. */
  readonly writer: string;
  readonly clock: Clock;
  /** Where entries go while the database is away, such as `data/execution_audit.jsonl`; null for nowhere. */
  readonly spillFile: string | null;
};

/**
 * Opens a store in PostgreSQL. The database need not be there yet: what must decide is then refused within a second, and the
 * audit is spilled and added, in order, once it is.
 *
 * @throws where the spill file cannot be opened
 * @see docs/decisions/0010-stores.md
 */
export async function openPostgresStore(world: PostgresWorld): Promise<PostgresStore> {
  const { url, writer, spillFile } = world;
  const spill = spillFile === null ? undefined : await openSpill(spillFile);
  const session = writerSession(url, writer);
  const batches = batchWriter(world, spill, session);
  let sinceS: number | undefined;
  const connection = await openConnection(url, async (run) => {
    sinceS = await sinceSeconds(run, world.clock);
    await session.ensure(run);
    await batches.catchUp(run);
  });
  const commit = groupCommit<Call, Opened>((calls) => batches.write(connection, calls));
  const since = () => {
    if (sinceS === undefined) throw new StoreAway("the database was never there");
    return sinceS;
  };
  const facts = postgresFacts(connection, since, (heard) => {
    sinceS = heard;
  });
  const prune = postgresPruning(connection);
  const close = once(async () => {
    await commit.idle();
    await session.close();
    await connection.close();
    await spill?.[Symbol.asyncDispose]();
  });
  const { append, ...kept } = submitted(facts, (call) => commit.submit(call));
  return {
    ...kept,
    audit: {
      ...postgresEntries(connection),
      append,
      addCheckpoint: async (note, after) => {
        const refused = await connection.run(async (client) => {
          try {
            await inTransaction(client, () => insertCheckpoint(client, note, after));
            return undefined;
          } catch (error) {
            if (error instanceof CountChanged) return error;
            throw error;
          }
        });
        if (refused !== undefined) throw refused;
      },
    },
    approvals: postgresApprovals(connection),
    killSwitch: postgresKillSwitch(connection),
    unfinished: () => connection.run((client) => adoptOrphans(client, writer)),
    prune,
    catchUp: async () => {
      if (spill === undefined || connection.away() !== undefined) return;
      await batches.settleLate(connection.run);
      // Beside what is being written: what others left must not hold that up. The record of a cut joins the chain in its turn.
      const cut = await spill.drain((lines) => connection.run((client) => addSpilled(client, lines)));
      if (cut > 0) await commit.submit({ kind: "append", entry: cutEvent(cut) });
    },
    health: () => ({ away: reasonOf(connection.away()), spilled: spill?.isEmpty() === false }),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Since when this store remembers all nonces: a token issued before may have been used where nobody remembers. */
async function sinceSeconds(run: Run, clock: Clock): Promise<number> {
  return run(async (client) => {
    const nowS = Math.floor(clock.nowMs() / 1000);
    await client.query("INSERT INTO lockkeeper.store (since_s) VALUES ($1) ON CONFLICT DO NOTHING", [nowS]);
    const { rows } = await client.query("SELECT since_s::float8 AS since_s FROM lockkeeper.store");
    return integerOf(rows[0], "since_s");
  });
}

/** One writer's chain, and where its entries go. */
function batchWriter({ writer, clock }: PostgresWorld, spill: Spill | undefined, session: WriterSession) {
  let head: Head | undefined = emptyHead(writer);
  /** What is to be settled once the database is back: more than so many stay reserved. */
  const unsettled = new Map<string, Actuals>();
  const maxUnsettled = 10_000;

  const drain = async (run: Run) => {
    if (spill === undefined) return;
    const add = (lines: readonly SpilledLine[]) => run((client) => addSpilled(client, lines));
    const cut = await spill.drain(add);
    if (cut === 0) return;
    await spillEntries([{ kind: "append", entry: cutEvent(cut) }], spill);
    await spill.drain(add);
  };

  /** Chains what calls record, and keeps it beside the database. What must decide has nobody to decide it. */
  const spillEntries = async (
    calls: readonly Call[],
    into: Spill,
    written?: Plan,
  ): Promise<readonly Outcome<Opened>[]> => {
    const lines = written?.entries.map(({ line }) => line) ?? [];
    let next = written?.head ?? head ?? emptyHead(writer);
    const outcomes = calls.map((call, n): Outcome<Opened> => {
      try {
        const planned = written?.outcomes[n];
        if (planned?.ok === false) return planned;
        if (written === undefined && "entry" in call) {
          const chained = chainEntry(next, call.entry, clock.nowMs());
          lines.push(chained.line);
          next = chained.head;
        }
        return outcomeAway(call);
      } catch (error) {
        return { ok: false, error };
      }
    });
    await into.add(lines);
    head = next;
    for (const call of calls)
      if ((call.kind === "close" || call.kind === "settle") && unsettled.size < maxUnsettled)
        unsettled.set(call.executionId, call.actuals);
    return outcomes;
  };

  const settleLate = async (run: Run) => {
    for (const [executionId, actuals] of unsettled) {
      const call: Call = { kind: "settle", executionId, actuals };
      await run((client) => writeCalls(client, [call], emptyHead(writer), clock, () => undefined));
      unsettled.delete(executionId);
    }
  };

  return {
    settleLate,
    write: async (connection: Connection, calls: readonly Call[]): Promise<readonly Outcome<Opened>[]> => {
      let written: Plan | undefined;
      try {
        await session.ensure(connection.run);
        if (spill?.isEmpty() === false) await drain(connection.run);
        const plan = await connection.run(async (client) => {
          const from = head ?? (await headOf(client, writer));
          head = from;
          return writeCalls(client, calls, from, clock, (made) => {
            written = made;
          });
        });
        head = plan.head;
        return plan.outcomes;
      } catch (error) {
        // Whether the last of it was written nobody knows: the same entries go into the spill, and are added where they are
        // not there. Without a spill the chain is read again.
        if (spill !== undefined) return await spillEntries(calls, spill, written);
        head = undefined;
        throw error;
      }
    },
    catchUp: async (run: Run) => {
      await settleLate(run);
      await drain(run);
    },
  };
}

/** What an error says, with what caused it. */
function reasonOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const cause = reasonOf(error.cause);
  return cause === null ? error.message : `${error.message}: ${cause}`;
}

function cutEvent(lines: number): Entry {
  return { kind: "event", name: "audit/cut", actor: null, roles: [], object: null, detail: { spilled_lines: lines } };
}

async function headOf(client: Parameters<typeof writeCalls>[0], writer: string): Promise<Head> {
  const { rows } = await client.query(
    "SELECT seq::float8 AS seq, line FROM lockkeeper.audit_entries WHERE writer = $1 ORDER BY audit_entries.seq DESC LIMIT 1",
    [writer],
  );
  if (rows.length === 0) return emptyHead(writer);
  return { writer, seq: integerOf(rows[0], "seq"), sha256: lineHash(textOf(rows[0], "line")) };
}
