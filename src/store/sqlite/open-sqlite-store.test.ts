import { chmod, mkdir, mkdtemp, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { toldUntilKilled } from "../testdata/crash.js";
import { end, intent, opening } from "../testdata/entries.js";
import { fixedClock, lineHash, listed } from "../testdata/stores.js";
import { openSqliteStore } from "./open-sqlite-store.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lockkeeper-sqlite-"));
});
afterEach(() => rm(folder, { recursive: true }));

const world = (writer: string) => ({ writer, clock: fixedClock });

describe("the file", () => {
  it("is its owner's alone, and so is its folder", async () => {
    const file = join(folder, "data/lockkeeper.db");
    const store = openSqliteStore(file, world("w1"));
    await store.audit.append(end("execution-1"));
    const mode = async (path: string) => (await stat(path)).mode & 0o777;
    expect(await mode(join(folder, "data"))).toBe(0o700);
    for (const suffix of ["", "-wal", "-shm"]) expect(await mode(`${file}${suffix}`)).toBe(0o600);
    await store.close();
  });

  it("is refused where others can write it or its folder, or where it is a link", async () => {
    const file = join(folder, "one.db");
    await openSqliteStore(file, world("w1")).close();
    await chmod(file, 0o620);
    expect(() => openSqliteStore(file, world("w2"))).toThrow("others can write");
    await chmod(file, 0o600);
    await chmod(folder, 0o777);
    expect(() => openSqliteStore(file, world("w2"))).toThrow("others can write");
    await chmod(folder, 0o700);
    await symlink(file, join(folder, "link.db"));
    expect(() => openSqliteStore(join(folder, "link.db"), world("w2"))).toThrow("ELOOP");
    await openSqliteStore(file, world("w2")).close();
  });

  it("is refused where a newer version wrote it, or something else did", async () => {
    const file = join(folder, "one.db");
    await openSqliteStore(file, world("w1")).close();
    const db = new DatabaseSync(file);
    db.exec("PRAGMA user_version = 9000");
    db.close();
    expect(() => openSqliteStore(file, world("w2"))).toThrow("newer version");
    await writeFile(join(folder, "text.db"), "not a database at all, but long enough to be read as one", {
      mode: 0o600,
    });
    expect(() => openSqliteStore(join(folder, "text.db"), world("w2"))).toThrow();
  });
});

it("refuses a name that a living process writes under", async () => {
  const file = join(folder, "one.db");
  const store = openSqliteStore(file, world("w1"));
  expect(() => openSqliteStore(file, world("w1"))).toThrow("another process");
  await store.close();
  await openSqliteStore(file, world("w1")).close();
});

it("rejects what cannot be written, all of it, and goes on with the chain where it was", async () => {
  const file = join(folder, "one.db");
  const store = openSqliteStore(file, world("w1"));
  await store.audit.append(intent("execution-1"));
  const other = new DatabaseSync(file);
  other.exec("CREATE TRIGGER planted BEFORE INSERT ON nonces BEGIN SELECT RAISE(ABORT, 'planted'); END");
  const calls = [
    store.ledger.open(intent("execution-2"), opening("execution-2", { nonce: "n" })),
    store.audit.append(intent("execution-3")),
  ];
  expect((await Promise.allSettled(calls)).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await listed(store.audit.entries())).toHaveLength(1);
  other.exec("DROP TRIGGER planted");
  other.close();
  await store.ledger.open(intent("execution-2"), opening("execution-2", { nonce: "n" }));
  const lines = (await listed(store.audit.entries())).map(({ line }) => line);
  expect(lines.map((line) => JSON.parse(line).seq)).toEqual([1, 2]);
  expect(JSON.parse(lines[1] ?? "").prev_sha256).toBe(lineHash(lines[0] ?? ""));
  await store.close();
});

it("forgets uses that no limit counts any more when it is opened, and keeps those that one does", async () => {
  const file = join(folder, "one.db");
  const store = openSqliteStore(file, world("w1"));
  const reservations = [
    { key: "subject:a/short", window_ms: 1000, limit: 9, amount: 2 },
    { key: "subject:a/long", window_ms: 8000, limit: 9, amount: 3 },
  ];
  await store.ledger.open(intent("execution-1"), opening("execution-1", { reservations }));
  await store.close();
  const later = openSqliteStore(file, { writer: "w2", clock: { nowMs: () => 1_005_000 } });
  const db = new DatabaseSync(file);
  expect(db.prepare("SELECT amount FROM uses").all()).toEqual([{ amount: 3 }]);
  db.close();
  // What is settled after it was forgotten changes nothing.
  await later.ledger.close(end("execution-1"), "execution-1", { "subject:a/short": 0, "subject:a/long": 1 });
  const keys = reservations.map(({ key, window_ms }) => ({ key, window_ms }));
  expect((await later.ledger.usage(keys, 1_005_000)).map(({ used }) => used)).toEqual([0, 1]);
  await later.close();
});

// @requirement EXE-04
it("remembers what a killed process was told is taken, and tells its executions as unfinished", async () => {
  await mkdir(join(folder, "data"), { mode: 0o700 });
  const file = join(folder, "data/one.db");
  const told = await toldUntilKilled(["sqlite", file, "crashed"]);
  const store = openSqliteStore(file, world("next"));
  const opened = await store.unfinished();
  expect(opened).toEqual(expect.arrayContaining([...told]));
  for (const id of told) expect(await store.ledger.seen(id)).toBe(true);
  const intents = await listed(store.audit.entries({ writer: "crashed" }));
  expect(intents.map(({ line }) => JSON.parse(line).execution_id).toSorted()).toEqual([...opened].toSorted());
  const again = await store.ledger.open(intent("execution-1"), opening("execution-1", { nonce: told[0] ?? "" }));
  expect(again).toMatchObject({ kind: "lost", which: "nonce" });
  await store.close();
});
