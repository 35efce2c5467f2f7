import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { systemClock } from "../../host/index.js";
import { openJsonlLog, openPostgresStore, openSqliteStore } from "../../store/index.js";
import { createDatabase, hasPostgres } from "../../store/testdata/test-database.js";
import { verifyArchive } from "./archive-log.js";
import { checkpointLog } from "./checkpoint-log.js";
import { exportLog } from "./export-log.js";
import { proveExecution } from "./prove-execution.js";
import { retainLog } from "./retain-log.js";
import { showExecution } from "./show-execution.js";
import { tailLog } from "./tail-log.js";
import { end, intent, kept, newKeys } from "./testdata/small-log.js";
import { verifyLog } from "./verify-log.js";

const withPostgres = await hasPostgres();
const origin = "lockkeeper/audit";
const witness: readonly string[] = [];
const bare = { origin, witness };

let folder: string;
let config: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lockkeeper-audit-gateway-"));
  config = join(folder, "lockkeeper.yaml");
  await newKeys(folder);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

const configure = (...lines: readonly string[]) =>
  writeFile(config, ["schema: lockkeeper/config/v1", "gateway:", "  keys: keys.json", ...lines, ""].join("\n"));

const world = { writer: "gateway-1", clock: systemClock };
const good = "good  2 entries by 1 writers, 1 checkpoints, 0 entries after the last checkpoint";

describe("without flags", () => {
  it("finds the gateway's log, keys and witness, whatever it is asked", async () => {
    await configure("  audit: {witness: {file: witnessed}}");
    await using store = openSqliteStore(join(folder, "data", "lockkeeper.db"), world);
    for (const entry of [intent("execution-1"), end("execution-1")]) await store.audit.append(entry);
    expect(await checkpointLog({ ...bare, config }, kept())).toBe(0);
    expect(await readFile(join(folder, "witnessed"), "utf8")).toContain(origin);
    const terminal = kept();
    expect(await verifyLog({ ...bare, config }, terminal)).toBe(0);
    expect(terminal.lines).toEqual([good]);
    const tail = kept();
    expect(await tailLog({ config, lines: 1 }, tail)).toBe(0);
    expect(tail.lines).toHaveLength(1);
    expect(await showExecution("execution-1", { config }, kept())).toBe(0);
    expect(await proveExecution("execution-1", { ...bare, config, out: join(folder, "proof") }, kept())).toBe(0);
    expect(await exportLog({ config, out: join(folder, "exported") }, kept())).toBe(0);
    // The witness that is configured is asked, and so knows of an older log.
    const newest = await readFile(join(folder, "witnessed"), "utf8");
    await writeFile(join(folder, "witnessed"), newest.replaceAll(origin, "somebody/else"));
    expect(await verifyLog({ ...bare, config }, kept())).toBe(2);
  });

  it("takes the configuration that lies here", async () => {
    await configure();
    await using store = openSqliteStore(join(folder, "data", "lockkeeper.db"), world);
    await store.audit.append(end("execution-1"));
    vi.spyOn(process, "cwd").mockReturnValue(folder);
    const terminal = kept();
    expect(await tailLog({ lines: 5 }, terminal)).toBe(0);
    expect(terminal.lines).toHaveLength(1);
  });

  it("finds a log in a file, and signs with keys that the environment holds", async () => {
    await configure("  data: kept", "  audit: {storage: jsonl}");
    vi.stubEnv("LOCKKEEPER_KEYS_JSON", await readFile(join(folder, "keys.json"), "utf8"));
    await rm(join(folder, "keys.json"));
    await expect(verifyLog({ ...bare, config }, kept())).rejects.toMatchObject({
      problems: [{ message: "the gateway that is configured has no log here yet" }],
    });
    expect(await readdir(folder)).toEqual(["lockkeeper.yaml"]);
    await (await openSqliteStore(join(folder, "kept", "lockkeeper.db"), world)).close();
    await using log = await openJsonlLog(join(folder, "kept", "execution_audit.jsonl"), "gateway-1", systemClock);
    for (const entry of [intent("execution-1"), end("execution-1")]) await log.append(entry);
    expect(await checkpointLog({ ...bare, config }, kept())).toBe(0);
    const terminal = kept();
    expect(await verifyLog({ ...bare, config }, terminal)).toBe(0);
    expect(terminal.lines.at(-1)).toBe(good);
  });

  it("says that there is no key rather than take another's", async () => {
    await configure();
    await rm(join(folder, "keys.json"));
    await (await openSqliteStore(join(folder, "data", "lockkeeper.db"), world)).close();
    await expect(checkpointLog({ ...bare, config }, kept())).rejects.toMatchObject({
      problems: [{ place: { file: join(folder, "keys.json") } }],
    });
    expect(await verifyLog({ ...bare, config }, kept())).toBe(0);
  });

  it.skipIf(!withPostgres)("reads PostgreSQL, or the SQLite file beside what decides there", async () => {
    const database = await createDatabase();
    try {
      await configure("  store: postgres");
      await expect(verifyLog({ ...bare, config }, kept())).rejects.toThrow("DATABASE_URL is not set");
      vi.stubEnv("DATABASE_URL", database.url);
      const store = await openPostgresStore({ ...world, url: database.url, spillFile: null });
      for (const entry of [intent("execution-1"), end("execution-1")]) await store.audit.append(entry);
      await store.close();
      expect(await checkpointLog({ ...bare, config }, kept())).toBe(0);
      const terminal = kept();
      expect(await verifyLog({ ...bare, config }, terminal)).toBe(0);
      expect(terminal.lines.at(-1)).toBe(good);
      vi.stubEnv("AUDIT_STORAGE", "sqlite");
      await using beside = openSqliteStore(join(folder, "data", "audit.db"), world);
      await beside.audit.append(end("execution-2"));
      const tail = kept();
      await tailLog({ config, lines: 5 }, tail);
      expect(tail.lines).toEqual([expect.stringContaining("execution-2")]);
    } finally {
      await database.drop();
    }
  });
});

// @requirement SBX-53
// @requirement EXE-11
it("keeps a SQLite log as long as is configured: archives, removes, marks it, and verifies", async () => {
  await configure("  audit: {live_days: 1, archive_days: 0}");
  const file = join(folder, "data", "lockkeeper.db");
  const archives = await mkdtemp(join(folder, "archives-"));
  let atMs = Date.UTC(2026, 0, 5);
  const past = { nowMs: () => atMs++ };
  await using store = openSqliteStore(file, { writer: "gateway-1", clock: past });
  for (const id of ["execution-1", "execution-2"]) {
    await store.audit.append(intent(id));
    await store.audit.append(end(id));
  }
  const asked = { ...bare, config, archives, hold: witness, remove: true as const, apply: true as const };
  const terminal = kept();
  expect(await retainLog(asked, terminal)).toBe(0);
  const [name = ""] = await readdir(archives);
  expect(terminal.lines.at(-1)).toBe(`3 entries of 1 writers in ${join(archives, name)}, removed from the log`);
  expect(await verifyArchive(join(archives, name), { origin, config }, kept())).toBe(0);
  const seqs: number[] = [];
  for await (const { seq } of store.audit.entries({ writer: "gateway-1" })) seqs.push(seq);
  expect(seqs).toEqual([4]);
  // The gateway goes on with its chain, and what is left verifies with the checkpoint that marks what is gone.
  await store.audit.append(end("execution-3"));
  const after = kept();
  expect(await verifyLog({ ...bare, config }, after)).toBe(0);
  expect(after.lines.at(-1)).toBe("good  3 entries by 2 writers, 2 checkpoints, 2 entries after the last checkpoint");

  await configure("  audit: {live_days: 1, archive_days: 0, holds: [incident 7]}");
  const held = kept();
  expect(await retainLog(asked, held)).toBe(0);
  expect(held.lines).toContain(`held     ${join(archives, name)}: incident 7`);
  expect(await readdir(archives)).toContain(name);
  await configure("  audit: {live_days: 1, archive_days: 0}");
  expect(await retainLog(asked, kept())).toBe(0);
  expect(await readdir(archives)).not.toContain(name);
  expect(await verifyLog({ ...bare, config }, kept())).toBe(0);
});
