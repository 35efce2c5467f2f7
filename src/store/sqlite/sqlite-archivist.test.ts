import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { intent } from "../testdata/entries.js";
import { fixedClock, listed } from "../testdata/stores.js";
import { openSqliteStore } from "./open-sqlite-store.js";
import { sqliteArchivist } from "./sqlite-archivist.js";

describe("an archivist of a file", () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "lockkeeper-archivist-"));
    file = join(folder, "lockkeeper.db");
    for (const writer of ["w1", "w2"]) {
      await using store = openSqliteStore(file, { writer, clock: fixedClock });
      for (let n = 1; n <= 5; n++) await store.audit.append(intent(`${writer}-${n}`));
    }
  });
  afterEach(() => rm(folder, { recursive: true }));

  const kept = async () => {
    await using store = openSqliteStore(file, { writer: "reader", clock: fixedClock });
    const entries = await listed(store.audit.entries());
    return { entries: entries.map(({ writer, seq }) => `${writer} ${seq}`), notes: await store.audit.checkpoints() };
  };
  const all = ["w1 1", "w1 2", "w1 3", "w1 4", "w1 5", "w2 1", "w2 2", "w2 3", "w2 4", "w2 5"];

  // @requirement EXE-11
  it("puts a checkpoint in the place of the entries that it is told, and of no others", async () => {
    const ranges = [
      { writer: "w1", afterSeq: 1, seq: 3 },
      { writer: "w2", afterSeq: 0, seq: 1 },
    ];
    await sqliteArchivist(file).removeArchived(ranges, "archived\n", 0);
    expect(await kept()).toEqual({
      entries: ["w1 1", "w1 4", "w1 5", "w2 2", "w2 3", "w2 4", "w2 5"],
      notes: ["archived\n"],
    });
    expect(existsSync(`${file}-wal`)).toBe(false);
  });

  // @requirement EXE-11
  it("never removes the head of a chain", async () => {
    await sqliteArchivist(file).removeArchived([{ writer: "w1", afterSeq: 0, seq: 9 }], "archived\n", 0);
    expect((await kept()).entries).toEqual(["w1 5", "w2 1", "w2 2", "w2 3", "w2 4", "w2 5"]);
  });

  // @requirement EXE-11
  it("removes nothing where somebody else has added a checkpoint", async () => {
    const removed = sqliteArchivist(file).removeArchived([{ writer: "w1", afterSeq: 0, seq: 3 }], "archived\n", 1);
    await expect(removed).rejects.toThrow("somebody else");
    expect(await kept()).toEqual({ entries: all, notes: [] });
  });

  // @requirement EXE-11
  it("leaves a file in which nobody can remove or change an entry", async () => {
    await sqliteArchivist(file).removeArchived([{ writer: "w1", afterSeq: 0, seq: 1 }], "archived\n", 0);
    const db = new DatabaseSync(file);
    try {
      expect(() => db.exec("DELETE FROM entries WHERE seq = 2")).toThrow("append-only");
      expect(() => db.exec("UPDATE entries SET line = 'x' WHERE seq = 2")).toThrow("append-only");
    } finally {
      db.close();
    }
    expect((await kept()).entries).toEqual(all.slice(1));
  });
});
