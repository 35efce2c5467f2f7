import { hash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { chainEntry, emptyHead } from "./chain.js";
import { frameOf } from "./frame.js";
import { jsonlLines } from "./jsonl-lines.js";
import { emptyRoot, GrowingTree } from "./merkle.js";
import { readEntry } from "./read-entry.js";
import { asLines, end, event, intent, sampleLines, sampleWriter } from "./testdata/sample-log.js";
import { type ChainOptions, verifyChain } from "./verify-chain.js";
import { agrees, linkFault } from "./writer-chain.js";

const verify = (lines: readonly string[], options?: ChainOptions) => verifyChain(asLines(lines), options);

/** The first finding of each writer, as code, writer and number. */
async function told(lines: readonly string[], options?: ChainOptions): Promise<string[]> {
  const { findings } = await verify(lines, options);
  return findings.map(({ code, writer, seq }) => `${code} ${writer ?? "-"} ${seq ?? "-"}`);
}

const log = sampleLines("w1", 3);
const at = (seq: number) => log[seq - 1] ?? "";
const without = (seq: number) => log.filter((_, index) => index !== seq - 1);
const replaced = (seq: number, line: string) => log.with(seq - 1, line);

// @requirement SBX-50
describe("what follows what", () => {
  const head = { writer: "w1", seq: 4, sha256: "ab".repeat(32) };

  it("takes the next number with the head's hash, and nothing else", () => {
    expect(linkFault(head, { seq: 5, prevSha256: head.sha256 })).toBeUndefined();
    expect(linkFault(head, { seq: 5, prevSha256: "cd".repeat(32) })).toBe("changed");
    expect(linkFault(head, { seq: 6, prevSha256: head.sha256 })).toBe("missing");
    expect(linkFault(head, { seq: 4, prevSha256: head.sha256 })).toBe("misplaced");
    expect(linkFault(emptyHead("w1"), { seq: 1, prevSha256: "0".repeat(64) })).toBeUndefined();
  });

  it("agrees with a checkpoint only in both hash and root", () => {
    const anchor = { seq: 1, sha256: "ab".repeat(32), root: emptyRoot };
    expect(agrees(anchor, "ab".repeat(32), emptyRoot)).toBe(true);
    expect(agrees(anchor, "cd".repeat(32), emptyRoot)).toBe(false);
    expect(agrees(anchor, "ab".repeat(32), "other")).toBe(false);
  });
});

// @requirement SBX-50
describe("a log that was changed", () => {
  it("is good as long as nobody touched it", async () => {
    const report = await verify(log, { deep: true });
    expect(report).toEqual({
      entries: 6,
      chains: [{ writer: "w1", seq: 6, sha256: hash("sha256", at(6), "hex"), firstSeq: 1, good: 6, anchoredSeq: 0 }],
      findings: [],
      notes: [],
    });
    expect(await told([])).toEqual([]);
  });

  it("tells an entry that was taken out, at either end and between", async () => {
    expect(await told(without(1))).toEqual(["missing w1 1"]);
    expect(await told(without(3))).toEqual(["missing w1 3"]);
    expect((await verify(log.toSpliced(2, 2))).findings[0]?.message).toBe(
      "entries 3 to 4 are not there; entry 5 comes next",
    );
    // Nothing in the chain itself shows where it should end: that is what checkpoints are for.
    expect(await told(without(6))).toEqual([]);
  });

  it("tells two entries that were swapped, and one that stands twice", async () => {
    expect(await told(log.with(2, at(4)).with(3, at(3)))).toEqual(["missing w1 3"]);
    expect(await told([...log, at(6)])).toEqual(["misplaced w1 6"]);
    expect(await told([at(1), ...log])).toEqual(["misplaced w1 1"]);
  });

  it("tells an entry that was put in", async () => {
    const other = sampleLines("w1", 4);
    expect(await told(log.toSpliced(3, 0, other[7] ?? ""))).toEqual(["missing w1 4"]);
    const forged = at(4).replace('"exit_code":0', '"exit_code":1');
    expect(await told(log.toSpliced(4, 0, forged))).toEqual(["misplaced w1 4"]);
  });

  it("tells which of two entries was changed, its contents or what it says it follows", async () => {
    expect(await told(replaced(3, at(3).replace("echo test", "echo oops")))).toEqual(["changed w1 3"]);
    const zeros = at(4).replace(/"prev_sha256":"[0-9a-f]{64}"/, `"prev_sha256":"${"0".repeat(64)}"`);
    expect(await told(replaced(4, zeros))).toEqual(["changed w1 4"]);
    expect(await told(replaced(1, at(1).replace(/"prev_sha256":"0/, '"prev_sha256":"1')))).toEqual(["changed w1 1"]);
    const last = await verify(replaced(5, at(5).replace("echo test", "echo oops")));
    expect(last.findings).toMatchObject([{ code: "changed", seq: 5, row: 5 }]);
    expect(last.chains).toMatchObject([{ good: 5 }]);
  });

  it("tells an entry whose number or writer was changed", async () => {
    expect(await told(replaced(3, at(3).replace('"seq":3', '"seq":2')))).toEqual(["misplaced w1 2"]);
    expect(await told(replaced(3, at(3).replace('"writer":"w1"', '"writer":"w2"')))).toEqual([
      "missing w1 3",
      "missing w2 1",
    ]);
  });

  it("tells the first place of each writer, and goes on to the next writers", async () => {
    const second = sampleLines("w2", 3);
    const third = sampleLines("w3", 3);
    const mixed = log.flatMap((line, index) => [line, second[index] ?? "", third[index] ?? ""]);
    expect(await told(mixed)).toEqual([]);
    const changed = mixed.filter((line) => line !== log[1] && line !== log[3] && line !== second[4]);
    expect(await told(changed)).toEqual(["missing w1 2", "missing w2 5"]);
  });

  it("tells what is no entry: by line where it is nobody's, by number where the store says whose", async () => {
    const { findings } = await verify(log.toSpliced(2, 0, '{"hello":1}', "", "{"));
    expect(findings.map(({ code, writer, row }) => [code, writer, row])).toEqual([
      ["unreadable", null, 3],
      ["unreadable", null, 4],
      ["unreadable", null, 5],
    ]);
    const stored = async function* () {
      for (const [index, line] of replaced(3, "gone").entries()) yield { writer: "w1", seq: index + 1, line };
    };
    expect((await verifyChain(stored())).findings).toMatchObject([{ code: "unreadable", writer: "w1", seq: 3 }]);
  });

  it("tells an entry that the store keeps under another number or writer", async () => {
    const stored = (writer: string, off: number) =>
      (async function* () {
        for (const [index, line] of log.entries()) yield { writer, seq: index + 1 + (index === 3 ? off : 0), line };
      })();
    expect((await verifyChain(stored("w1", 0))).findings).toEqual([]);
    expect((await verifyChain(stored("w1", 9))).findings).toMatchObject([{ code: "misfiled", writer: "w1", seq: 13 }]);
    expect((await verifyChain(stored("w9", 0))).findings).toMatchObject([{ code: "misfiled", writer: "w9", seq: 1 }]);
  });

  it("reads the first and the last entry of a writer in full, and all of them where asked to", async () => {
    const writer = sampleWriter("w1");
    for (const id of ["execution-1", "execution-2", "execution-3"]) {
      writer.write(end(id, id === "execution-2" ? { outcome: "escaped" } : {}));
    }
    expect(await told(writer.lines)).toEqual([]);
    expect(await told(writer.lines, { deep: true })).toEqual(["unreadable w1 2"]);
    expect(await told(writer.lines.slice(0, 2))).toEqual(["unreadable w1 2"]);
  });

  it("notes a clock that went back, once a writer, and does not mind", async () => {
    let head = emptyHead("w1");
    const lines = [5000, 6000, 4000, 7000, 3000].map((atMs) => {
      const chained = chainEntry(head, end("execution-1"), atMs);
      ({ head } = chained);
      return chained.line;
    });
    const { findings, notes } = await verify(lines);
    expect(findings).toEqual([]);
    expect(notes).toEqual(["writer w1: the clock went back before entry 3"]);
  });
});

describe("a chain that checkpoints know", () => {
  const anchorAt = (lines: readonly string[], seq: number) => {
    const tree = new GrowingTree();
    for (const line of lines.slice(0, seq)) tree.appendSha256(hash("sha256", line, "hex"));
    const sha256 = hash("sha256", lines[seq - 1] ?? "", "hex");
    return { anchor: { seq, sha256, root: tree.root() }, base: { seq, sha256, frontier: tree.frontier() } };
  };
  const known = (...seqs: readonly number[]) =>
    new Map([["w1", { anchors: seqs.map((seq) => anchorAt(log, seq).anchor), bases: [] }]]);

  it("is good as it was, and has grown", async () => {
    const report = await verify(log, { known: known(2, 4) });
    expect(report.findings).toEqual([]);
    expect(report.chains).toMatchObject([{ anchoredSeq: 4, good: 6 }]);
  });

  // @requirement SBX-50
  it("tells that entries at the end are missing, or all of them", async () => {
    expect(await told(log.slice(0, 3), { known: known(2, 4) })).toEqual(["missing w1 4"]);
    expect(await told(log.slice(0, 3), { known: known(2) })).toEqual([]);
    expect(await told([], { known: known(2, 4) })).toEqual(["missing w1 1"]);
  });

  // @requirement SBX-50
  it("tells a chain that was written anew, and between which entries", async () => {
    const writer = sampleWriter("w1");
    for (const [index, line] of log.entries()) {
      const id = index < 3 ? `execution-${Math.floor(index / 2) + 1}` : "execution-9";
      writer.write(line.includes('"kind":"intent"') ? intent(id) : end(id));
    }
    expect(await told(writer.lines)).toEqual([]);
    expect(await told(writer.lines, { known: known(2) })).toEqual([]);
    expect(await told(writer.lines, { known: known(2, 6) })).toEqual(["rewritten w1 3"]);
    expect(await told(writer.lines, { known: known(4, 6) })).toEqual(["rewritten w1 1"]);
  });

  it("blames the later of two entries where a checkpoint vouches for the earlier", async () => {
    const changed = replaced(5, at(5).replace("echo test", "echo oops")).slice(0, 5);
    expect(await told(changed, { known: known(5) })).toEqual(["rewritten w1 1"]);
    const link = replaced(5, at(5).replace(/"prev_sha256":"[0-9a-f]{64}"/, `"prev_sha256":"${"0".repeat(64)}"`));
    expect(await told(link.slice(0, 5), { known: known(4) })).toEqual(["changed w1 5"]);
    expect(await told(link.slice(0, 5))).toEqual(["changed w1 4"]);
  });

  it("begins after what is archived, and nowhere else", async () => {
    const { base } = anchorAt(log, 2);
    const archived = new Map([
      ["w1", { anchors: [base, anchorAt(log, 4).base].map(({ seq }) => anchorAt(log, seq).anchor), bases: [base] }],
    ]);
    expect(await told(log.slice(2), { known: archived })).toEqual([]);
    expect(await told(log, { known: archived })).toEqual([]);
    expect(await told(log.slice(3), { known: archived })).toEqual(["missing w1 1"]);
    expect(await told(log.slice(2))).toEqual(["missing w1 1"]);
    expect(await told([], { known: archived })).toEqual(["missing w1 3"]);
    const all = new Map([["w1", { anchors: [anchorAt(log, 6).anchor], bases: [anchorAt(log, 6).base] }]]);
    expect(await told([], { known: all })).toEqual([]);
  });
});

describe("the short way to what chains an entry", () => {
  const writer = sampleWriter("w1");
  const kinds = [
    intent("execution-1"),
    intent("execution-1", { command: '","writer":"x"}', subject: "\u007f\u2028é" }),
    end("execution-1", { reason: "gate/filter" }),
    end("execution-1"),
    event("approval/approved", "approval-1", { detail: { prev_sha256: "ab".repeat(32), seq: 9 } }),
    event("approval/approved", null, { roles: [] }),
    { kind: "load", subject_kind: "key", name: "k", sha256: "ab".repeat(32) } as const,
  ];
  for (const kind of kinds) writer.write(kind);
  const strange = sampleWriter('a"\\w,"writer":"b');
  strange.write(kinds[0] ?? end("execution-1"));

  it.each([...writer.lines, ...strange.lines])("is the same as the long one: %s", (line) => {
    const entry = readEntry(line);
    if (!entry.ok) throw new Error(entry.error);
    const { writer: name, seq, prev_sha256, at_ms } = entry.value;
    expect(frameOf(line)).toEqual({ writer: name, seq, prevSha256: prev_sha256, atMs: at_ms });
  });

  it("finds none in what is no entry", () => {
    const line = writer.lines[0] ?? "";
    for (const text of ["", "{}", line.slice(1), line.slice(0, -1), `${line}}`, line.replace('"seq":1', '"seq":"1"')]) {
      expect(frameOf(text)).toBeUndefined();
    }
  });
});

describe("a file", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "lockkeeper-audit-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const read = async (bytes: string | Uint8Array) => {
    const file = join(folder, "log.jsonl");
    await writeFile(file, bytes);
    const lines = [];
    for await (const line of jsonlLines(file)) lines.push(line);
    return lines;
  };

  it("is read line by line, over the bounds of what is read at once", async () => {
    const lines = Array.from({ length: 5000 }, (_, index) => `${index} ${"é€😀".repeat(60 + (index % 7))}`);
    expect(await read(`${lines.join("\n")}\n`)).toEqual(lines.map((line, index) => ({ line, row: index + 1 })));
    expect(await read("")).toEqual([]);
  });

  it("says what has no end, is no UTF-8 or is too long", async () => {
    expect(await read("a\nb")).toEqual([
      { line: "a", row: 1 },
      { line: "", row: 2, broken: "the last record has no end" },
    ]);
    expect(await read(Buffer.from("a\n\xff\nb\n", "latin1"))).toMatchObject([{}, { broken: "it is no UTF-8" }, {}]);
    const long = await read(Buffer.concat([Buffer.alloc(18 * 1024 * 1024, "x"), Buffer.from("\nb\n")]));
    expect(long).toEqual([
      { line: "", row: 1, broken: "it is longer than 16777216 bytes" },
      { line: "b", row: 2 },
    ]);
  });

  it("does not pass bytes that only decode to the same text", async () => {
    const writer = sampleWriter("w1");
    writer.write(intent("execution-1", { command: "\ufffd" }));
    writer.write(end("execution-1"));
    const good = Buffer.from(`${writer.lines.join("\n")}\n`);
    const file = join(folder, "log.jsonl");
    await writeFile(file, good);
    expect((await verifyChain(jsonlLines(file))).findings).toEqual([]);
    const index = good.indexOf(Buffer.from("\ufffd"));
    await writeFile(file, Buffer.concat([good.subarray(0, index), Buffer.of(0xff), good.subarray(index + 3)]));
    expect((await verifyChain(jsonlLines(file))).findings).toMatchObject([{ code: "unreadable", row: 1 }, {}]);
    expect(await readFile(file)).toHaveLength(good.length - 2);
  });
});
