import { beforeAll, describe, expect, it } from "vitest";
import { type AuditProof, parseProof, verifyProof } from "./audit-proof.js";
import { makeCheckpoint } from "./make-checkpoint.js";
import { GrowingTree, inclusionPath, inclusionRanges, leafHash } from "./merkle.js";
import { prove } from "./prove.js";
import { SubtreeRoots } from "./subtree-roots.js";
import { checkpointKeys, type MemoryLog, memoryLog } from "./testdata/memory-log.js";
import { end, intent, startMs } from "./testdata/sample-log.js";

const keys = checkpointKeys();
const making = { signer: keys.signer, verifiers: [keys.verifier], witnesses: [], nowMs: startMs };

async function execute(log: MemoryLog, writer: string, id: string): Promise<void> {
  log.writer = writer;
  await log.append(intent(id));
  await log.append(end(id));
}

it("computes roots of subtrees while leaves go by, from any frontier on", () => {
  const leaves = Array.from({ length: 40 }, (_, at) => leafHash(Buffer.of(at)));
  for (let size = 1; size <= 40; size++) {
    for (let index = 0; index < size; index++) {
      for (let base = 0; base <= index; base += 1 + (index % 5)) {
        const before = new GrowingTree();
        for (const leaf of leaves.slice(0, base)) before.append(leaf);
        const subtrees = new SubtreeRoots(inclusionRanges(index, size), before.frontier());
        for (const leaf of leaves.slice(base, size)) subtrees.leaf(leaf);
        expect(subtrees.roots()).toEqual(inclusionPath(leaves.slice(0, size), index));
      }
    }
  }
});

describe("a proof", () => {
  let log: MemoryLog;
  let proof: AuditProof;
  beforeAll(async () => {
    log = memoryLog();
    for (let at = 1; at <= 7; at++) {
      await execute(log, at % 3 === 0 ? "w2" : "w1", `execution-${at}`);
      if (at % 2 === 0) await makeCheckpoint(log, making);
    }
    const made = await prove(log, "execution-3", [keys.verifier]);
    if (!made.ok) throw new Error(made.error);
    proof = made.value;
  });

  it("shows each entry of an execution under the newest checkpoint, without the log", () => {
    const read = parseProof(JSON.parse(JSON.stringify(proof)));
    expect(read.ok).toBe(true);
    const verified = verifyProof(proof, [keys.verifier]);
    expect(verified.ok && verified.value.map(({ kind, seq }) => `${kind} ${seq}`)).toEqual(["intent 1", "end 2"]);
  });

  it("can be made of every execution that a checkpoint covers", async () => {
    const results = [];
    for (let at = 1; at <= 7; at++) {
      const made = await prove(log, `execution-${at}`, [keys.verifier]);
      results.push(made.ok ? verifyProof(made.value, [keys.verifier]).ok : made.error);
    }
    const late = "no checkpoint covers entry 9 of writer w1 yet; make one with: lockkeeper audit checkpoint";
    expect(results).toEqual([true, true, true, true, true, true, late]);
    expect(await prove(log, "execution-9", null)).toEqual({
      ok: false,
      error: "nothing is recorded about execution-9",
    });
  });

  it("shows nothing of anything else", () => {
    const [first, second] = proof.entries;
    if (first === undefined || second === undefined) throw new Error("two entries");
    const changed: readonly AuditProof[] = [
      { ...proof, entries: [] },
      { ...proof, entries: [{ ...first, line: first.line.replace("echo test", "echo oops") }] },
      { ...proof, entries: [{ ...first, line: second.line }] },
      { ...proof, entries: [{ ...first, line: first.line.replace('"writer":"w2"', '"writer":"w1"') }] },
      { ...proof, entries: [{ ...first, path: first.path.slice(1) }] },
      { ...proof, entries: [{ ...first, record: first.record.replace(/"at_ms":\d+/, '"at_ms":1') }] },
      { ...proof, entries: [{ ...first, record_index: first.record_index + 1 }] },
      { ...proof, entries: [{ ...first, record: "{}" }] },
      { ...proof, entries: [{ ...first, line: "{}" }] },
      { ...proof, checkpoint: proof.checkpoint.replace(/^.*\n\d+/, "lockkeeper/audit\n9") },
    ];
    expect(changed.map((one) => verifyProof(one, [keys.verifier]).ok)).toEqual(changed.map(() => false));
    expect(verifyProof(proof, [checkpointKeys().verifier])).toEqual({
      ok: false,
      error: "the checkpoint: it is not signed by the key",
    });
  });

  it("is refused where the value is none", () => {
    expect(parseProof({ ...proof, more: 1 }).ok).toBe(false);
    expect(parseProof(null).ok).toBe(false);
  });

  it("is not made of a log that does not hold", async () => {
    const spoilt = memoryLog();
    await execute(spoilt, "w1", "execution-1");
    await execute(spoilt, "w1", "execution-2");
    expect(await prove(spoilt, "execution-1", null)).toMatchObject({
      ok: false,
      error: expect.stringContaining("no checkpoint"),
    });
    await makeCheckpoint(spoilt, making);
    spoilt.notes.push("garbage");
    expect(await prove(spoilt, "execution-1", null)).toMatchObject({
      ok: false,
      error: expect.stringContaining("checkpoint 2 of 2"),
    });
    spoilt.notes.pop();
    expect((await prove(spoilt, "execution-1", null)).ok).toBe(true);
    spoilt.lines.splice(3, 1);
    expect(await prove(spoilt, "execution-1", null)).toMatchObject({
      ok: false,
      error: expect.stringContaining("missing"),
    });
  });
});
