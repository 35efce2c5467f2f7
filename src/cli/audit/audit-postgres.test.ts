import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openPostgresStore } from "../../store/index.js";
import { createDatabase, hasPostgres } from "../../store/testdata/test-database.js";
import { archiveOld, verifyArchive } from "./archive-log.js";
import { checkpointLog } from "./checkpoint-log.js";
import { showExecution } from "./show-execution.js";
import { approved, end, intent, kept, newKeys, startMs } from "./testdata/small-log.js";
import { verifyLog } from "./verify-log.js";

const isThere = await hasPostgres();

// @requirement EXE-11
// @requirement SBX-53
it.skipIf(!isThere)("verifies, shows, archives and clears a log in PostgreSQL", { timeout: 60_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), "lockkeeper-audit-postgres-"));
  const database = await createDatabase();
  try {
    let atMs = startMs;
    const clock = {
      nowMs: () => {
        atMs += 1000;
        return atMs;
      },
    };
    const store = await openPostgresStore({ url: database.url, writer: "w1", clock, spillFile: null });
    for (const entry of [approved, intent("execution-1"), end("execution-1")]) await store.audit.append(entry);
    await store.close();

    const keys = await newKeys(folder);
    const flags = { databaseUrl: database.url, keys, origin: "lockkeeper/audit", witness: [join(folder, "witness")] };
    expect(await checkpointLog(flags, kept())).toBe(0);
    expect(await showExecution("execution-1", flags, kept())).toBe(0);
    const first = kept();
    expect(await verifyLog(flags, first)).toBe(0);
    expect(first.lines).toEqual(["good  3 entries by 1 writers, 1 checkpoints, 0 entries after the last checkpoint"]);

    const to = join(folder, "old.jsonl.gz");
    const archive = { ...flags, before: "2026-02-01", to, remove: true as const };
    await expect(archiveOld(archive, kept())).rejects.toThrow("not for this program to do");
    expect(await readdir(folder)).toEqual(["keys.json", "witness"]);
    const terminal = kept();
    expect(await archiveOld({ ...archive, archivistUrl: database.url }, terminal)).toBe(0);
    expect(terminal.lines).toEqual([`2 entries of 1 writers in ${to}, removed from the log`]);
    expect(await verifyArchive(to, flags, kept())).toBe(0);
    const after = kept();
    expect(await verifyLog(flags, after)).toBe(0);
    // The newest entry of the first writer, and the record of the archive.
    expect(after.lines).toEqual(["good  2 entries by 2 writers, 2 checkpoints, 1 entries after the last checkpoint"]);
  } finally {
    await database.drop();
    await rm(folder, { recursive: true });
  }
});
