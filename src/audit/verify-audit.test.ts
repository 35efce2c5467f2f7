import { beforeAll, describe, expect, it } from "vitest";
import { linesOf } from "./jsonl-lines.js";
import type { MadeCheckpoint } from "./make-checkpoint.js";
import { makeCheckpoint } from "./make-checkpoint.js";
import { leafHash, rootOfLeaves } from "./merkle.js";
import { checkpointKeys, type MemoryLog, memoryLog, memoryWitness } from "./testdata/memory-log.js";
import { end, event, intent, startMs } from "./testdata/sample-log.js";
import { type AuditOptions, verifyAudit } from "./verify-audit.js";
import { rollbackFault } from "./witness.js";

const keys = checkpointKeys();
const making = (over: object = {}) => ({
  signer: keys.signer,
  verifiers: [keys.verifier],
  witnesses: [],
  nowMs: startMs + 3_600_000,
  ...over,
});
const options: AuditOptions = { verifiers: [keys.verifier] };

async function checkpointed(log: MemoryLog, over: object = {}): Promise<MadeCheckpoint> {
  const made = await makeCheckpoint(log, making(over));
  if (!made.ok) throw new Error(JSON.stringify(made.error));
  return made.value;
}

async function execute(log: MemoryLog, writer: string, id: string): Promise<void> {
  log.writer = writer;
  await log.append(intent(id));
  await log.append(end(id));
}

/** Two writers in turn, two checkpoints, and one execution that no checkpoint covers yet. */
async function sample(over: object = {}): Promise<MemoryLog> {
  const log = memoryLog();
  await execute(log, "w1", "execution-1");
  await execute(log, "w2", "execution-2");
  await checkpointed(log, over);
  await execute(log, "w1", "execution-3");
  await execute(log, "w1", "execution-4");
  await checkpointed(log, over);
  await execute(log, "w2", "execution-5");
  return log;
}

/** The first finding of each writer, as code, writer and number. */
async function told(log: MemoryLog, over: Partial<AuditOptions> = {}): Promise<string[]> {
  const { findings } = await verifyAudit(log, { ...options, ...over });
  return findings.map(({ code, writer, seq }) => `${code} ${writer ?? "-"} ${seq ?? "-"}`);
}

describe("a log with checkpoints", () => {
  it("is good, and tells how much a checkpoint covers", async () => {
    const log = await sample();
    const report = await verifyAudit(log, options);
    expect(report).toMatchObject({ ok: true, entries: 10, writers: 2, checkpoints: 2, uncovered: 2, findings: [] });
    expect(report.notes).toEqual(["no witness was asked: an older log in place of this one looks good"]);
    expect(report.chains).toMatchObject([
      { writer: "w1", seq: 6, anchoredSeq: 6 },
      { writer: "w2", seq: 4, anchoredSeq: 2 },
    ]);
  });

  it("says what it cannot know", async () => {
    const log = memoryLog();
    expect((await verifyAudit(log, options)).notes).toEqual([
      "there is no checkpoint: a log that was cut off at its end or written anew looks good",
    ]);
    const signed = await sample();
    expect((await verifyAudit(signed, { verifiers: null, witnesses: [memoryWitness()] })).notes).toEqual([
      "no key was given: checkpoints could be anybody's",
      "the witness memory knows no checkpoint",
    ]);
  });

  it("gets no checkpoint where nothing is new", async () => {
    const log = memoryLog();
    expect(await checkpointed(log)).toEqual({ note: null, records: 0, untold: [] });
    await execute(log, "w1", "execution-1");
    expect(await checkpointed(log)).toMatchObject({ records: 1 });
    expect(await checkpointed(log)).toEqual({ note: null, records: 0, untold: [] });
    expect(log.notes).toHaveLength(1);
  });

  it("gets no checkpoint that would vouch for what does not follow from the last one", async () => {
    const cases: readonly ((log: MemoryLog) => void)[] = [
      (log) => log.lines.splice(0),
      (log) => log.lines.splice(9, 1),
      (log) => log.notes.pop(),
      (log) => log.notes.reverse(),
    ];
    const results = [];
    for (const spoil of cases) {
      const log = await sample();
      const gone = { ...log, heads: async () => [] };
      spoil(log);
      results.push((await makeCheckpoint(log.lines.length === 0 ? gone : log, making())).ok);
    }
    expect(results).toEqual([false, false, true, false]);
  });

  it("does not let two make the same checkpoint", async () => {
    const log = memoryLog();
    await execute(log, "w1", "execution-1");
    const results = await Promise.allSettled([makeCheckpoint(log, making()), makeCheckpoint(log, making())]);
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  });
});

// @requirement EXE-11
// @requirement SBX-50
describe("a log that somebody else changed, and chained anew", () => {
  /** Rewrites everything from an entry on, as one who can write the store, but has no key, would. */
  async function rewritten(writer: string, fromSeq: number): Promise<MemoryLog> {
    const log = await sample();
    const forged = memoryLog();
    for (const { writer: owner, seq, line } of log.lines) {
      forged.writer = owner;
      const id =
        owner === writer && seq >= fromSeq ? "execution-666" : `execution-${line.match(/execution-(\d)/)?.[1]}`;
      await forged.append(line.includes('"kind":"end"') ? end(id) : intent(id));
    }
    forged.notes.push(...log.notes);
    return forged;
  }

  it("is told wherever a checkpoint covers it", async () => {
    expect(await told(await rewritten("w1", 5))).toEqual(["rewritten w1 3"]);
    expect(await told(await rewritten("w1", 1))).toEqual(["rewritten w1 1"]);
    expect(await told(await rewritten("w2", 1))).toEqual(["rewritten w2 1"]);
    // After its last checkpoint a chain is only as good as who can write the store.
    expect(await told(await rewritten("w2", 3))).toEqual([]);
    expect(await told(await rewritten("w3", 1))).toEqual([]);
  });

  it("is told where its end is cut off", async () => {
    const log = await sample();
    log.lines.splice(0, log.lines.length, ...log.lines.filter(({ writer, seq }) => writer !== "w1" || seq < 6));
    expect(await told(log)).toEqual(["missing w1 6"]);
    log.lines.splice(0, log.lines.length, ...log.lines.filter(({ writer }) => writer !== "w2"));
    expect(await told(log)).toEqual(["missing w1 6", "missing w2 1"]);
  });

  it("is told where checkpoints are changed, taken out, swapped or forged", async () => {
    const spoilt: readonly [string, (notes: string[]) => void][] = [
      ["checkpoint - -", (notes) => notes.splice(0, 1, (notes[0] ?? "").replace("w1", "w9"))],
      ["history - -", (notes) => notes.splice(0, 1)],
      ["history - -", (notes) => notes.reverse()],
      ["history - -", (notes) => notes.push(notes[1] ?? "")],
      ["checkpoint - -", (notes) => notes.push("anything")],
      ["checkpoint - -", (notes) => notes.push((notes[1] ?? "").replace(/— .*\n$/, ""))],
    ];
    for (const [finding, spoil] of spoilt) {
      const log = await sample();
      spoil(log.notes);
      expect(await told(log)).toEqual([finding]);
    }
    const log = await sample();
    expect(await told(log, { verifiers: [checkpointKeys().verifier] })).toEqual(["checkpoint - -"]);
    expect(await told(log, { verifiers: [checkpointKeys("other/log").verifier] })).toEqual(["checkpoint - -"]);
    expect(await told(log, { verifiers: null })).toEqual([]);
  });

  it("is told when another's checkpoints are put in their place", async () => {
    const log = await sample();
    const attacker = checkpointKeys();
    log.notes.splice(0);
    await checkpointed(log, { signer: attacker.signer, verifiers: [attacker.verifier] });
    expect(await told(log)).toEqual(["checkpoint - -"]);
    expect(await told(log, { verifiers: [attacker.verifier] })).toEqual([]);
  });
});

// @requirement SBX-50
describe("a log that was replaced by an older one", () => {
  it("looks good by itself, and is told by a witness", async () => {
    const witness = memoryWitness();
    const log = await sample({ witnesses: [witness] });
    expect(await told(log, { witnesses: [witness] })).toEqual([]);
    log.lines.splice(4);
    log.notes.splice(1);
    expect(await told(log)).toEqual([]);
    expect(await told(log, { witnesses: [witness] })).toEqual(["rolled_back - -", "missing w1 3"]);
    const remade = await makeCheckpoint(log, making({ witnesses: [witness] }));
    expect(remade).toMatchObject({ ok: false, error: [{ code: "rolled_back" }] });
  });

  it("is told even after new checkpoints were made on the older one", async () => {
    const witness = memoryWitness();
    const log = await sample({ witnesses: [witness] });
    log.lines.splice(4);
    log.notes.splice(1);
    const older = memoryLog();
    for (const { writer, line } of log.lines) {
      older.writer = writer;
      await older.append(line.includes('"kind":"end"') ? end("execution-1") : intent("execution-1"));
    }
    await execute(older, "w1", "execution-7");
    await checkpointed(older);
    await execute(older, "w1", "execution-8");
    await checkpointed(older);
    await execute(older, "w1", "execution-9");
    await checkpointed(older);
    expect(await told(older)).toEqual([]);
    expect((await told(older, { witnesses: [witness] }))[0]).toBe("rolled_back - -");
  });

  it("compares sizes and roots", () => {
    const leaves = ["a", "b", "c"].map((text) => leafHash(Buffer.from(text)));
    const history = { leaves };
    expect(rollbackFault(history, { size: 3, root: rootOfLeaves(leaves) })).toBeUndefined();
    expect(rollbackFault(history, { size: 2, root: rootOfLeaves(leaves, 0, 2) })).toBeUndefined();
    expect(rollbackFault(history, { size: 2, root: rootOfLeaves(leaves) })).toContain("knows other checkpoints");
    expect(rollbackFault(history, { size: 4, root: rootOfLeaves(leaves) })).toContain("it is an older one");
  });

  it("tells a witness that holds something else, and one that is behind", async () => {
    const witness = memoryWitness();
    const log = await sample({ witnesses: [witness] });
    witness.notes.pop();
    const behind = await verifyAudit(log, { ...options, witnesses: [witness] });
    expect([behind.ok, behind.notes]).toEqual([true, ["the witness memory lacks the last 1 records of checkpoints"]]);
    witness.notes.push("garbage");
    expect(await told(log, { witnesses: [witness] })).toEqual(["checkpoint - -"]);
  });

  it("goes on where a witness is away, and says so", async () => {
    const log = memoryLog();
    await execute(log, "w1", "execution-1");
    const away = { ...memoryWitness(), publish: () => Promise.reject(new Error("away")) };
    expect(await checkpointed(log, { witnesses: [away] })).toMatchObject({ untold: ["memory: Error: away"] });
    expect(log.notes).toHaveLength(1);
  });
});

// @requirement SBX-50
// @requirement EXE-11
describe("a small log, as bytes, under every change", () => {
  let bytes: Buffer;
  let notes: readonly string[];
  beforeAll(async () => {
    const log = memoryLog();
    for (const [writer, id] of [
      ["w1", "execution-1"],
      ["w2", "execution-2"],
      ["w1", "execution-3"],
    ] as const) {
      log.writer = writer;
      await log.append(event("approval/asked", id, { detail: {} }));
    }
    await checkpointed(log);
    notes = log.notes;
    bytes = Buffer.from(log.lines.map(({ line }) => `${line}\n`).join(""));
  });

  const findingsOf = async (changed: Buffer) => {
    const chunks = async function* () {
      yield changed;
    };
    const log = { entries: () => linesOf(chunks()), checkpoints: async () => notes };
    return (await verifyAudit(log, options)).findings;
  };

  /** Which line a byte is in, from 1. */
  const rowOf = (offset: number) => bytes.subarray(0, offset).toString("latin1").split("\n").length;

  it("is good untouched", async () => {
    expect(await findingsOf(bytes)).toEqual([]);
  });

  it("tells every single changed byte, and whose chain it is in", async () => {
    for (let offset = 0; offset < bytes.length; offset++) {
      const changed = Buffer.from(bytes);
      changed[offset] = (changed[offset] ?? 0) ^ 1;
      const findings = await findingsOf(changed);
      const writer = rowOf(offset) === 2 ? "w2" : "w1";
      expect(
        findings.some((one) => one.writer === writer && one.seq !== null),
        `offset ${offset}`,
      ).toBe(true);
    }
  }, 120_000);

  it("tells every byte that is taken out or put in", async () => {
    for (let offset = 0; offset < bytes.length; offset++) {
      const without = Buffer.concat([bytes.subarray(0, offset), bytes.subarray(offset + 1)]);
      const twice = Buffer.concat([bytes.subarray(0, offset + 1), bytes.subarray(offset)]);
      for (const changed of [without, twice]) {
        const findings = await findingsOf(changed);
        expect(
          findings.some((one) => one.seq !== null || one.row !== undefined),
          `offset ${offset}`,
        ).toBe(true);
      }
    }
  }, 120_000);

  it("tells every place where it is cut off", async () => {
    for (let length = 0; length < bytes.length; length++) {
      const findings = await findingsOf(bytes.subarray(0, length));
      const named = findings.some(({ code, writer }) => code === "missing" && writer === "w1");
      expect(named, `cut to ${length}`).toBe(true);
    }
  }, 120_000);

  it("tells every two lines that are swapped, every one that is gone, and every one that stands twice", async () => {
    const lines = bytes.toString().slice(0, -1).split("\n");
    const asBytes = (list: readonly string[]) => Buffer.from(list.map((line) => `${line}\n`).join(""));
    // Writers may stand in any mixture; only a writer's own order counts.
    expect(await findingsOf(asBytes([lines[1] ?? "", lines[0] ?? "", lines[2] ?? ""]))).toEqual([]);
    expect(await findingsOf(asBytes([lines[2] ?? "", lines[1] ?? "", lines[0] ?? ""]))).not.toEqual([]);
    for (const index of lines.keys()) {
      expect(await findingsOf(asBytes(lines.toSpliced(index, 1)))).not.toEqual([]);
      expect(await findingsOf(asBytes(lines.toSpliced(index, 0, lines[index] ?? "")))).not.toEqual([]);
    }
  });
});
