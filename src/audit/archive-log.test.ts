import { hash } from "node:crypto";
import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AuditArchivist, archiveLog, verifyArchiveFile } from "./archive-log.js";
import { jsonlArchivist } from "./jsonl-archivist.js";
import { jsonlLines } from "./jsonl-lines.js";
import { makeCheckpoint } from "./make-checkpoint.js";
import { checkpointKeys, type MemoryLog, memoryLog } from "./testdata/memory-log.js";
import { end, intent, startMs } from "./testdata/sample-log.js";
import { verifyAudit } from "./verify-audit.js";

const keys = checkpointKeys();
const verifiers = [keys.verifier];
const making = { signer: keys.signer, verifiers, witnesses: [], nowMs: startMs + 1_000_000 };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lockkeeper-archive-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function execute(log: MemoryLog, writer: string, ...ids: readonly string[]): Promise<void> {
  log.writer = writer;
  for (const id of ids) {
    await log.append(intent(id));
    await log.append(end(id));
  }
}

/** Removes from a log in memory, as a store would under a role of its own. */
function archivistOf(log: MemoryLog): AuditArchivist {
  return {
    removeArchived: async (ranges, note, after) => {
      await log.addCheckpoint(note, after);
      const kept = log.lines.filter(
        ({ writer, seq }) => !ranges.some((one) => one.writer === writer && seq > one.afterSeq && seq <= one.seq),
      );
      log.lines.splice(0, log.lines.length, ...kept);
    },
  };
}

/** w1: seconds 0 to 3 and 6 to 7; w2: 4 and 5. */
async function sample(): Promise<MemoryLog> {
  const log = memoryLog();
  await execute(log, "w1", "execution-1", "execution-2");
  await execute(log, "w2", "execution-3");
  await execute(log, "w1", "execution-4");
  log.writer = "w3";
  return log;
}

async function archived(log: MemoryLog, seconds: number, name = "a.jsonl.gz", keep = false, isEnded = () => false) {
  const file = join(folder, name);
  const archivist = keep ? null : archivistOf(log);
  const made = await archiveLog(log, { ...making, beforeMs: startMs + seconds * 1000, file, archivist, isEnded });
  if (!made.ok) throw new Error(JSON.stringify(made.error));
  return made.value;
}

const live = (log: MemoryLog) => log.lines.map(({ writer, seq }) => `${writer} ${seq}`);

// @requirement SBX-53
// @requirement EXE-11
describe("an archive", () => {
  it("takes what is older, verifies alone, and leaves a log that verifies without it", async () => {
    const log = await sample();
    const made = await archived(log, 3);
    expect(made).toMatchObject({ entries: 3, ranges: [{ writer: "w1", afterSeq: 0, seq: 3 }], untold: [] });
    expect(live(log)).toEqual(["w1 4", "w2 1", "w2 2", "w1 5", "w1 6", "w3 1"]);
    expect(await verifyAudit(log, { verifiers })).toMatchObject({ ok: true, entries: 6 });
    expect(await verifyArchiveFile(made.file ?? "", verifiers)).toEqual({ ok: true, value: 3 });
    expect(log.lines.at(-1)?.line).toContain('"name":"audit/archived"');
  });

  it("is followed by the next one, and the newest entry of each writer stays", async () => {
    const log = await sample();
    await archived(log, 3, "1.gz");
    const second = await archived(log, 1000, "2.gz");
    expect(second.ranges).toEqual([
      { writer: "w1", afterSeq: 3, seq: 5 },
      { writer: "w2", afterSeq: 0, seq: 1 },
    ]);
    expect(live(log)).toEqual(["w2 2", "w1 6", "w3 1", "w3 2"]);
    await execute(log, "w1", "execution-5");
    await makeCheckpoint(log, making);
    expect(await verifyAudit(log, { verifiers })).toMatchObject({ ok: true });
    expect(await verifyArchiveFile(join(folder, "2.gz"), verifiers)).toEqual({ ok: true, value: 3 });
  });

  it("takes all of a writer that has ended", async () => {
    const log = await sample();
    const made = await archived(log, 1000, "all.gz", false, () => true);
    expect(made.ranges).toEqual([
      { writer: "w1", afterSeq: 0, seq: 6 },
      { writer: "w2", afterSeq: 0, seq: 2 },
    ]);
    expect(live(log)).toEqual(["w3 1"]);
    expect(await verifyAudit(log, { verifiers })).toMatchObject({ ok: true, entries: 1 });
    await execute(log, "w4", "execution-9");
    log.heads = async () =>
      [...new Set(log.lines.map(({ writer }) => writer))].map((writer) => {
        const last = log.lines.findLast((one) => one.writer === writer);
        return { writer, seq: last?.seq ?? 0, sha256: hash("sha256", last?.line ?? "", "hex") };
      });
    expect((await makeCheckpoint(log, making)).ok).toBe(true);
    expect(await verifyAudit(log, { verifiers })).toMatchObject({ ok: true, entries: 3 });
  });

  it("is not made of nothing, nor in place of another", async () => {
    const log = await sample();
    expect(await archived(log, 0)).toEqual({ file: null, entries: 0, ranges: [], untold: [] });
    await writeFile(join(folder, "a.jsonl.gz.note"), "");
    await expect(archived(log, 3)).rejects.toThrow("EEXIST");
    expect(live(log)).toHaveLength(8);
  });

  it("may leave everything in the log, which then verifies with it and without it", async () => {
    const log = await sample();
    await archived(log, 3, "a.gz", true);
    expect(await verifyAudit(log, { verifiers })).toMatchObject({ ok: true, entries: 9 });
    log.lines.splice(0, 3);
    expect(await verifyAudit(log, { verifiers })).toMatchObject({ ok: true, entries: 6 });
  });

  it("does not let anything else be removed", async () => {
    const log = await sample();
    await archived(log, 3);
    const more = log.lines.splice(0, 1);
    expect(await verifyAudit(log, { verifiers })).toMatchObject({
      findings: [{ code: "missing", writer: "w1", seq: 1 }],
    });
    log.lines.unshift(...more);
    log.lines.splice(1, 2);
    expect(await verifyAudit(log, { verifiers })).toMatchObject({
      findings: [{ code: "missing", writer: "w2", seq: 1 }],
    });
    const plain = await sample();
    await makeCheckpoint(plain, making);
    plain.lines.splice(0, 4);
    expect(await verifyAudit(plain, { verifiers })).toMatchObject({
      findings: [{ code: "missing", writer: "w1", seq: 1 }],
    });
  });

  it("is not made of a log that was changed", async () => {
    const log = await sample();
    await makeCheckpoint(log, making);
    const [first] = log.lines;
    if (first === undefined) throw new Error("empty");
    log.lines[0] = { ...first, line: first.line.replace("echo test", "echo oops") };
    const file = join(folder, "a.gz");
    const how = { beforeMs: startMs + 3000, file, archivist: archivistOf(log), isEnded: () => true };
    const made = await archiveLog(log, { ...making, ...how });
    expect(made).toMatchObject({ ok: false, error: [{ code: "changed", writer: "w1", seq: 1 }] });
    expect(log.lines).toHaveLength(8);
    await expect(readFile(file)).rejects.toThrow("ENOENT");
  });

  it("that was changed, cut off or put with another's note is told", async () => {
    const log = await sample();
    const { file } = await archived(log, 3);
    if (file === null) throw new Error("no file");
    const good = await readFile(file);
    const lines = gunzipSync(good).toString();
    const spoilt = [
      lines.replace("echo test", "echo oops"),
      lines.split("\n").slice(0, 2).join("\n").concat("\n"),
      `${lines}${lines}`,
      lines.slice(0, -1),
      "",
    ];
    for (const text of spoilt) {
      await writeFile(file, gzipSync(text));
      expect((await verifyArchiveFile(file, verifiers)).ok).toBe(false);
    }
    await writeFile(file, good.subarray(0, -20));
    await expect(verifyArchiveFile(file, verifiers)).rejects.toThrow();
    await writeFile(file, good);
    expect(await verifyArchiveFile(file, verifiers)).toEqual({ ok: true, value: 3 });
    expect((await verifyArchiveFile(file, [checkpointKeys().verifier])).ok).toBe(false);
    await writeFile(`${file}.note`, log.notes[0] ?? "");
    expect(await verifyArchiveFile(file, verifiers)).toMatchObject({
      error: { code: "checkpoint", message: "the note of the archive: it marks no archive" },
    });
  });
});

describe("a log in a file", () => {
  it("is written anew without what is archived", async () => {
    const log = await sample();
    const file = join(folder, "log.jsonl");
    await writeFile(file, log.lines.map(({ line }) => `${line}\n`).join(""));
    const notes: [string, number][] = [];
    const archivist = jsonlArchivist(file, async (note, after) => {
      notes.push([note, after]);
    });
    await archivist.removeArchived([{ writer: "w1", afterSeq: 1, seq: 4 }], "note", 7);
    const kept = [];
    for await (const { line } of jsonlLines(file)) kept.push(line);
    expect(kept).toEqual(
      log.lines.filter(({ writer, seq }) => writer !== "w1" || seq < 2 || seq > 4).map(({ line }) => line),
    );
    expect(notes).toEqual([["note", 7]]);
    await appendFile(file, "torn");
    await expect(archivist.removeArchived([], "note", 8)).rejects.toThrow("cannot be kept");
  });
});
