import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import pg from "pg";
import { type Ledger, openSqliteStore, systemClock } from "../src/index.js";
import { type Figure, quantile, rounded } from "./figure.js";
import { measurePairs, pair } from "./store-load.js";
import { syncMs } from "./sync.js";

/** What opening and closing an execution costs, durably, beside what this disk takes to sync. */
export async function storeFigures(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "lockkeeper-bench-store-"));
  try {
    return [...(await sqliteFigures(folder)), ...(await postgresFigures())];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function sqliteFigures(folder: string): Promise<Figure[]> {
  const store = openSqliteStore(join(folder, "lockkeeper.db"), { writer: "bench", clock: systemClock });
  try {
    await measurePairs(store.ledger, "warm", 32, 1000);
    const singles: number[] = [];
    const rates: number[] = [];
    const syncs: number[] = [];
    for (let round = 0; round < 5; round++) {
      syncs.push(syncMs(folder, 200));
      singles.push(await singleMs(store.ledger, round));
      rates.push(await measurePairs(store.ledger, `many-${round}`, 32, 2000));
    }
    const [sync, single, rate] = [syncs, singles, rates].map((values) => quantile(values, 0.5));
    const own = (single ?? Number.NaN) - 2 * (sync ?? Number.NaN);
    return [
      { name: "fdatasync of this disk, median", value: rounded(sync ?? Number.NaN), unit: "ms" },
      {
        name: "SQLite open + close, one client, less two syncs",
        value: rounded(own),
        unit: "ms",
        bar: "≤ 0.3 ms + 2 syncs",
        met: own <= 0.3,
      },
      {
        name: "SQLite open + close, 32 clients",
        value: rounded(rate ?? Number.NaN),
        unit: "pairs/s",
        bar: "≥ 10 000",
        met: (rate ?? 0) >= 10_000,
      },
    ];
  } finally {
    await store.close();
  }
}

/** So many processes, each with so many clients. */
const processes = 4;
const clientsEach = 8;

async function postgresFigures(): Promise<Figure[]> {
  const name = `PostgreSQL open + close, ${processes * clientsEach} clients over ${processes} processes`;
  const server = process.env.DATABASE_URL ?? "postgres://postgres@127.0.0.1:5432/postgres";
  const database = `lockkeeper_bench_${process.pid}`;
  const url = new URL(server);
  url.pathname = `/${database}`;
  try {
    await query(server, `CREATE DATABASE ${database}`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [{ name, value: 0, unit: "pairs/s", skipped: reason }];
  }
  try {
    const rates: number[] = [];
    for (let round = 0; round < 3; round++) rates.push(await loadedBy(processes, url.href, round));
    const rate = quantile(rates, 0.5);
    return [{ name, value: rounded(rate), unit: "pairs/s", bar: "≥ 3 000", met: rate >= 3000 }];
  } finally {
    await query(server, `DROP DATABASE ${database} WITH (FORCE)`);
  }
}

async function query(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(text).finally(() => client.end());
}

/** Pairs a second that processes get together, all started at the same moment. */
async function loadedBy(count: number, url: string, round: number): Promise<number> {
  const workers = Array.from({ length: count }, (_, n) => {
    const args = ["--import", "tsx", "bench/store-worker.ts", url, `bench-${round}-${n}`, String(clientsEach), "1500"];
    return spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  });
  const lines = workers.map((worker) => createInterface({ input: worker.stdout })[Symbol.asyncIterator]());
  await Promise.all(lines.map((line) => line.next()));
  for (const worker of workers) worker.stdin.write("go\n");
  const rates = await Promise.all(lines.map(async (line) => Number((await line.next()).value)));
  // A process that ended before its time got nothing done, and so did the round.
  return rates.every(Number.isFinite) ? rates.reduce((sum, rate) => sum + rate, 0) : 0;
}

/** Median milliseconds of a pair, one after another. */
async function singleMs(ledger: Ledger, round: number): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < 300; n++) {
    const startedMs = performance.now();
    await pair(ledger, `single-${round}-${n}`, "single");
    times.push(performance.now() - startedMs);
  }
  return quantile(times, 0.5);
}
