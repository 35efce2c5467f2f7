import type { DatabaseSync } from "node:sqlite";
import type { ApprovalStore, KillSwitchStore } from "../../approval/index.js";
import type { AuditLog, Head } from "../../audit/index.js";
import type { Ledger, Opened, Takings } from "../../gate/index.js";
import type { Clock } from "../../model/index.js";
import { type Call, type Outcome, planCalls } from "../batch/calls.js";
import { groupCommit } from "../batch/group-commit.js";
import { needsOf } from "../batch/needs.js";
import { submitted } from "../batch/submitted.js";
import { holdLock, isFree } from "../file-lock.js";
import { once } from "../once.js";
import { integerOf } from "../row.js";
import { openDatabase } from "./open-database.js";
import { sqliteApprovals } from "./sqlite-approvals.js";
import { type EntryTable, entryTable } from "./sqlite-entries.js";
import { sqliteKillSwitch } from "./sqlite-kill-switch.js";
import { sqlitePruning } from "./sqlite-pruning.js";
import { type TakingsTables, takingsTables } from "./sqlite-takings.js";
import { inTransaction } from "./transaction.js";

/** Everything that a gateway keeps, in one file. */
export interface SqliteStore extends AsyncDisposable {
  readonly ledger: Ledger;
  /** Nonces, uses of approvals and quotas alone, where the audit is kept elsewhere. */
  readonly takings: Takings;
  readonly audit: AuditLog;
  readonly approvals: ApprovalStore;
  readonly killSwitch: KillSwitchStore;
  /**
   * Executions without an end whose process is gone. They are this writer's from now on, to be closed as `interrupted`;
   * asked again, those that are not closed yet are given again.
   */
  unfinished(): Promise<readonly string[]>;
  /**
   * Forgets some of what can count no more: nonces whose tokens have expired by far, quotas that nobody has taken from for
   * as long. To be asked now and again. @returns whether there is more of it now
   */
  prune(nowMs: number): Promise<boolean>;
  /** Waits for what is being written. Nothing may be asked afterwards. */
  close(): Promise<void>;
}

/**
 * Opens a store in a SQLite file. Several processes may share the file; each is a writer with a chain of its own.
 *
 * @param world - `writer`: this process's name, at most 64 characters, never used again; `clock`: dates entries
 * @throws where the file cannot be opened safely; see `openDatabase`
 * @see docs/decisions/0010-stores.md
 */
export function openSqliteStore(file: string, world: { readonly writer: string; readonly clock: Clock }): SqliteStore {
  const { writer, clock } = world;
  const { db, path } = openDatabase(file);
  try {
    const lock = holdLock(`${path}-writers`, writer);
    const tables = { entries: entryTable(db), takings: takingsTables(db) };
    const sinceS = sinceSeconds(db, clock);
    const prune = sqlitePruning(db);
    inTransaction(db, () => tables.takings.sweep(clock.nowMs()));
    const commit = groupCommit(batchWriter(db, tables, writer, clock));
    const close = once(async () => {
      await commit.idle();
      lock.release();
      db.close();
    });
    const facts = {
      sinceS: async () => sinceS(),
      seen: async (nonce: string) => tables.takings.isTaken(nonce),
      usage: async (keys: Parameters<Takings["usage"]>[0], nowMs: number) =>
        keys.map((key) => tables.takings.usage(key, nowMs)),
    };
    const { append, ...kept } = submitted(facts, (call) => commit.submit(call));
    return {
      ...kept,
      audit: {
        ...tables.entries,
        append,
        addCheckpoint: async (note, after) => inTransaction(db, () => tables.entries.insertCheckpoint(note, after)),
      },
      approvals: sqliteApprovals(db, (apply) => commit.submit({ kind: "apply", apply })),
      killSwitch: sqliteKillSwitch(db),
      prune: async (nowMs) => prune(nowMs),
      unfinished: async () => inTransaction(db, () => adoptOrphans(tables.takings, `${path}-writers`, writer)),
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    db.close();
    throw error;
  }
}

/**
 * Since when this store remembers all nonces: a token issued before may have been used where nobody remembers. Read each
 * time, for another process may have forgotten some.
 */
function sinceSeconds(db: DatabaseSync, clock: Clock): () => number {
  inTransaction(db, () =>
    db.prepare("INSERT OR IGNORE INTO store (only_row, since_s) VALUES (1, ?)").run(Math.floor(clock.nowMs() / 1000)),
  );
  const read = db.prepare("SELECT since_s FROM store");
  return () => integerOf(read.get(), "since_s");
}

/** Writes a batch of calls in one transaction. */
function batchWriter(
  db: DatabaseSync,
  { entries, takings }: { readonly entries: EntryTable; readonly takings: TakingsTables },
  writer: string,
  clock: Clock,
): (calls: readonly Call[]) => readonly Outcome<Opened>[] {
  // Read again after a failure, for then nobody knows what was written.
  let head: Head | undefined;
  return (calls) => {
    const from = head ?? entries.headOf(writer);
    head = undefined;
    const plan = inTransaction(db, () => {
      const state = takings.load(needsOf(calls));
      const made = planCalls(calls, from, state, clock.nowMs());
      entries.insert(writer, made.entries);
      takings.write(writer, state, made.changes);
      return made;
    });
    head = plan.head;
    return plan.outcomes;
  };
}

function adoptOrphans(takings: TakingsTables, locks: string, writer: string): readonly string[] {
  const others = takings.openWriters().filter((other) => other !== writer);
  for (const gone of others.filter((other) => isFree(locks, other))) takings.adopt(gone, writer);
  return takings.orphans(writer);
}
