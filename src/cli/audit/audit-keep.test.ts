import { appendFile, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../host/index.js";
import { openJsonlLog } from "../../store/index.js";
import { archiveOld, verifyArchive } from "./archive-log.js";
import { checkpointLog } from "./checkpoint-log.js";
import { exportLog } from "./export-log.js";
import { momentOf } from "./moments.js";
import { proveExecution, verifyProofFile } from "./prove-execution.js";
import { retainLog } from "./retain-log.js";
import { tailLog } from "./tail-log.js";
import { approved, kept, newKeys, newLog, startMs } from "./testdata/small-log.js";
import { verifyLog } from "./verify-log.js";

const origin = "lockkeeper/audit";
const none: readonly string[] = [];

let home: string;
let keys: string;
let folder: string;
let file: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "lockkeeper-audit-cli-"));
  keys = await newKeys(home);
});
beforeEach(async () => {
  ({ folder, file } = await newLog(home));
});
afterAll(() => rm(home, { recursive: true }));

const flags = () => ({ file, keys, origin, witness: none });

describe("tail and export", () => {
  it("prints the newest entries, for people or as they are stored", async () => {
    const terminal = kept();
    expect(await tailLog({ file, lines: 2 }, terminal)).toBe(0);
    expect(terminal.lines).toEqual([
      "2026-01-05T00:00:04.000Z  intent  allow  execution-2  alice  echo test",
      "2026-01-05T00:00:05.000Z  end            execution-2  exited  exit code 0  7 ms",
    ]);
    const json = kept(true);
    await tailLog({ file, lines: 5 }, json);
    expect(`${json.lines.join("\n")}\n`).toBe(await readFile(file, "utf8"));
  });

  it("follows what comes, of every writer", async () => {
    const terminal = kept();
    const stop = new AbortController();
    const followed = tailLog({ file, lines: 1, follow: true }, terminal, stop.signal);
    const printed = async (count: number) => {
      while (terminal.lines.length < count) await new Promise((resolve) => setImmediate(resolve));
    };
    await printed(1);
    await using log = await openJsonlLog(file, "w2", systemClock);
    await log.append(approved);
    await printed(2);
    stop.abort();
    expect(await followed).toBe(0);
    expect(terminal.lines.slice(1)).toEqual([expect.stringContaining("approval/approved  bob")]);
  });

  it("exports what is of a time", async () => {
    const out = join(folder, "out.jsonl");
    const terminal = kept();
    const range = { from: "2026-01-05T00:00:02Z", to: "2026-01-05T00:00:04Z" };
    expect(await exportLog({ file, out, ...range }, terminal)).toBe(0);
    const all = (await readFile(file, "utf8")).split("\n");
    expect(await readFile(out, "utf8")).toBe(`${all[1]}\n${all[2]}\n`);
    expect(terminal.notes).toEqual(["2 entries"]);
    await expect(exportLog({ file, out }, kept())).rejects.toThrow("there is a file already");
    await appendFile(file, "garbage\n");
    expect(await exportLog({ file, out: join(folder, "more.jsonl") }, terminal)).toBe(2);
  });

  it("takes dates and moments, and nothing else", () => {
    expect(momentOf("2026-01-05")).toBe(startMs);
    expect(momentOf("2026-01-05T01:00:00+01:00")).toBe(startMs);
    for (const text of ["", "yesterday", "2026-13-01", "5", "2026-01-05T01:00:00"]) {
      expect(() => momentOf(text)).toThrow("this is no date");
    }
  });
});

describe("prove", () => {
  it("writes a proof that verifies without the log, and no other", async () => {
    const out = join(folder, "proof.json");
    await expect(proveExecution("execution-1", { ...flags(), out }, kept())).rejects.toMatchObject({ exitCode: 2 });
    await checkpointLog(flags(), kept());
    expect(await proveExecution("execution-1", { ...flags(), out }, kept())).toBe(0);
    const proof = join(home, "elsewhere.json");
    await copyFile(out, proof);
    const terminal = kept();
    expect(await verifyProofFile(proof, { keys, origin }, terminal)).toBe(0);
    expect(terminal.lines).toEqual([
      "proven  2026-01-05T00:00:02.000Z  intent  allow  execution-1  alice  echo test",
      "proven  2026-01-05T00:00:03.000Z  end            execution-1  exited  exit code 0  7 ms",
    ]);
    await writeFile(proof, (await readFile(proof, "utf8")).replace("alice", "mallory"));
    const bad = kept(true);
    expect(await verifyProofFile(proof, { keys, origin }, bad)).toBe(2);
    expect(JSON.parse(bad.lines[0] ?? "")).toEqual({
      ok: false,
      reason: "entry 1 of the proof: it does not lead to the record",
    });
    await writeFile(proof, "{}");
    expect(await verifyProofFile(proof, { keys, origin }, kept())).toBe(2);
    await writeFile(proof, "{");
    await expect(verifyProofFile(proof, { keys, origin }, kept())).rejects.toThrow();
  });
});

// @requirement SBX-53
describe("archive and retain", () => {
  it("archives, removes, and verifies both", async () => {
    const to = join(folder, "old.jsonl.gz");
    const terminal = kept();
    const archive = { ...flags(), before: "2026-01-05T00:00:04Z", to, remove: true as const };
    expect(await archiveOld(archive, terminal)).toBe(0);
    expect(terminal.lines).toEqual([`3 entries of 1 writers in ${to}, removed from the log`]);
    expect(await verifyArchive(to, { keys, origin }, kept())).toBe(0);
    const live = kept();
    expect(await verifyLog(flags(), live)).toBe(0);
    expect(live.lines.at(-1)).toBe("good  3 entries by 2 writers, 2 checkpoints, 1 entries after the last checkpoint");
    await writeFile(to, "garbage");
    await expect(verifyArchive(to, { keys, origin }, kept())).rejects.toThrow();
  });

  it("says what retention asks for, and does it only where told to", async () => {
    const archives = join(folder, "archives");
    await mkdir(archives);
    const asked = { ...flags(), archives, liveDays: 30, archiveDays: 90, hold: none, remove: true as const };
    const plan = kept();
    expect(await retainLog(asked, plan)).toBe(0);
    expect(plan.lines).toEqual([expect.stringMatching(/^archive {2}what is before 20/)]);
    expect(await readdir(archives)).toEqual([]);
    expect(await retainLog({ ...asked, apply: true }, kept())).toBe(0);
    const [name = ""] = await readdir(archives);
    expect(name).toMatch(/^audit-\d{8}T\d{9}Z\.jsonl\.gz$/);
    const gone = { ...asked, liveDays: 0, archiveDays: 0, apply: true as const };
    const held = kept();
    expect(await retainLog({ ...gone, liveDays: 10_000, hold: ["2026-01-01..2026-02-01=incident 7"] }, held)).toBe(0);
    const due = kept();
    const hold = ["2026-01-01..=incident 7"];
    expect(await retainLog({ ...asked, liveDays: 1, archiveDays: 1, hold }, due)).toBe(0);
    expect(due.lines).toContain(`held     ${join(archives, name)}: incident 7`);
    expect(await retainLog({ ...asked, liveDays: 1, archiveDays: 1, apply: true }, kept())).toBe(0);
    expect((await readdir(archives)).filter((one) => one.startsWith(name))).toEqual([]);
    expect(await readFile(file, "utf8")).toContain('"name":"audit/archive_removed"');
    expect(await verifyLog(flags(), kept())).toBe(0);
  });

  it("removes no archive that nobody can vouch for", async () => {
    const archives = join(folder, "archives");
    await mkdir(archives);
    await writeFile(join(archives, "a.gz.note"), "garbage");
    const terminal = kept();
    const asked = { ...flags(), archives, liveDays: 1, archiveDays: 1, hold: none };
    expect(await retainLog(asked, terminal)).toBe(1);
    expect(terminal.lines.at(-1)).toBe(`unread   ${join(archives, "a.gz")}: it is no signed note`);
    await expect(retainLog({ ...asked, hold: ["soon"] }, kept())).rejects.toThrow("this is no date");
    await expect(retainLog({ ...asked, archives: join(folder, "no") }, kept())).rejects.toThrow("cannot be read");
  });
});
