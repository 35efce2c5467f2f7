import { hash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { ApprovalStore, KillSwitchStore } from "../../approval/index.js";
import type { AuditArchivist, AuditLog } from "../../audit/index.js";
import { type Ledger, splitLedger, type Takings } from "../../gate/index.js";
import type { Clock } from "../../model/index.js";
import { createDatabase, hasPostgres } from "./test-database.js";
import {
  createMemoryApprovals,
  createMemoryKillSwitch,
  createMemoryTakings,
  openJsonlLog,
  openPostgresStore,
  openSqliteStore,
  postgresArchivist,
  sqliteArchivist,
} from "../index.js";

/** A store as one process has it open. */
export type OpenStore = {
  readonly ledger: Ledger;
  readonly takings: Takings;
  readonly audit: AuditLog;
  readonly approvals: ApprovalStore;
  readonly killSwitch: KillSwitchStore;
  readonly unfinished: () => Promise<readonly string[]>;
  readonly prune: (nowMs: number) => Promise<boolean>;
  readonly close: () => Promise<void>;
};

/** Where a store keeps its own; empty at first. */
export type Place = {
  /** Opens it as one more process would. */
  open(writer: string, clock?: Clock): Promise<OpenStore>;
  /** Changes or deletes what is in the audit, by the engine's own language; undefined where there is none. */
  readonly tamper: ((statement: "update" | "delete" | "replace") => Promise<void>) | undefined;
  /** How many rows there are of what is taken; undefined where there are none. */
  readonly rows: (() => Promise<{ readonly nonces: number; readonly quotas: number; readonly uses: number }>) | undefined;
  /** Removes what is archived, where a store can. */
  readonly archivist: AuditArchivist | undefined;
  discard(): Promise<void>;
};

/** One kind of store. */
export type StoreKind = {
  readonly name: string;
  /** Whether what was taken is there after a restart. */
  readonly remembers: boolean;
  /** Whether the audit and the takings are one transaction. */
  readonly whole: boolean;
  place(): Promise<Place>;
};

export const fixedClock: Clock = { nowMs: () => 1_000_000 };

const memory: StoreKind = {
  name: "memory, with its audit in JSONL",
  remembers: false,
  whole: false,
  place: async () => {
    const folder = await mkdtemp(join(tmpdir(), "lockkeeper-store-"));
    return {
      open: async (writer, clock = fixedClock) => {
        const takings = createMemoryTakings(clock);
        const audit = await openJsonlLog(join(folder, "audit.jsonl"), writer, clock);
        return {
          ledger: splitLedger(takings, audit),
          takings,
          audit,
          approvals: createMemoryApprovals(),
          killSwitch: createMemoryKillSwitch(),
          unfinished: async () => [],
          prune: (nowMs) => takings.prune(nowMs),
          close: async () => audit[Symbol.asyncDispose](),
        };
      },
      tamper: undefined,
      rows: undefined,
      archivist: undefined,
      discard: () => rm(folder, { recursive: true }),
    };
  },
};

const tampering = {
  update: "UPDATE entries SET line = 'x' WHERE seq IN (1, 6)",
  delete: "DELETE FROM entries WHERE seq IN (1, 6)",
  replace: "INSERT OR REPLACE INTO entries (writer, seq, line) VALUES ('w1', 1, 'x')",
};

const sqlite: StoreKind = {
  name: "SQLite",
  remembers: true,
  whole: true,
  place: async () => {
    const { DatabaseSync } = await import("node:sqlite");
    const folder = await mkdtemp(join(tmpdir(), "lockkeeper-store-"));
    const file = join(folder, "data/lockkeeper.db");
    return {
      open: async (writer, clock = fixedClock) => openSqliteStore(file, { writer, clock }),
      tamper: async (statement) => {
        const db = new DatabaseSync(file);
        try {
          db.exec(tampering[statement]);
        } finally {
          db.close();
        }
      },
      rows: async () => {
        const db = new DatabaseSync(file);
        try {
          const count = (table: string) => Number(db.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.n);
          return { nonces: count("nonces"), quotas: count("quotas"), uses: count("uses") };
        } finally {
          db.close();
        }
      },
      archivist: sqliteArchivist(file),
      discard: () => rm(folder, { recursive: true }),
    };
  },
};

const replacing = `INSERT INTO lockkeeper.audit_entries (writer, seq, line, kind, created_at) VALUES ('w1', 1, 'x', 'end', now())
  ON CONFLICT (writer, seq) DO UPDATE SET line = excluded.line`;

const postgres: StoreKind = {
  name: "PostgreSQL",
  remembers: true,
  whole: true,
  place: async () => {
    const database = await createDatabase();
    return {
      open: async (writer, clock = fixedClock) => {
        const store = await openPostgresStore({ url: database.url, writer, clock, spillFile: null });
        const { away } = store.health();
        if (away !== null) throw new Error(away);
        return store;
      },
      tamper: (statement) =>
        database.query(
          { update: changing, delete: "DELETE FROM lockkeeper.audit_entries WHERE seq IN (1, 6)", replace: replacing }[statement],
        ),
      rows: async () => {
        const client = new pg.Client({ connectionString: database.url });
        await client.connect();
        try {
          const count = async (table: string) =>
            Number((await client.query(`SELECT count(*) AS n FROM lockkeeper.${table}`)).rows[0]?.n);
          return { nonces: await count("nonces"), quotas: await count("quotas"), uses: await count("uses") };
        } finally {
          await client.end();
        }
      },
      archivist: await postgresArchivist(database.url),
      discard: () => database.drop(),
    };
  },
};

const changing = "UPDATE lockkeeper.audit_entries SET line = 'x' WHERE seq IN (1, 6)";

/** Every store there is here. */
export const stores: readonly StoreKind[] = [memory, sqlite, ...((await hasPostgres()) ? [postgres] : [])];

/** Everything that something gives. */
export async function listed<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/** SHA-256 of a line as it is stored. */
export function lineHash(line: string): string {
  return hash("sha256", line, "hex");
}
