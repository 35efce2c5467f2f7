import { hash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Entry } from "../model/index.js";
import { isCuttable, recoverLog } from "./recover.js";
import { sampleLines } from "./testdata/sample-log.js";

let folder: string;
let file: string;
let recorded: Entry[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lockkeeper-recover-"));
  file = join(folder, "log.jsonl");
  recorded = [];
});
afterEach(() => rm(folder, { recursive: true }));

const record = async (entry: Entry) => {
  recorded.push(entry);
};
const lines = sampleLines("w1", 2);
const whole = lines.map((line) => `${line}\n`).join("");
const cutOf = (text: string) => ({ bytes: Buffer.byteLength(text), sha256: hash("sha256", text, "hex") });

// @requirement EXE-11
describe("recovery on start", () => {
  it("may cut a record without its end, and nothing else", () => {
    const codes = ["torn", "unreadable", "missing", "misplaced", "changed", "rewritten", "checkpoint"] as const;
    expect(codes.filter((code) => isCuttable({ code }))).toEqual(["torn"]);
  });

  it("leaves a good log as it is", async () => {
    await writeFile(file, whole);
    expect(await recoverLog(file, record)).toEqual({ ok: true, value: null });
    expect(recorded).toEqual([]);
    expect(await readFile(file, "utf8")).toBe(whole);
  });

  it("cuts an incomplete last record wherever it ends, and records the cut", async () => {
    const start = whole.length - (lines[3] ?? "").length - 1;
    for (let length = start + 1; length < whole.length; length += 37) {
      recorded = [];
      await writeFile(file, whole.slice(0, length));
      const cut = cutOf(whole.slice(start, length));
      expect(await recoverLog(file, record)).toEqual({ ok: true, value: cut });
      expect(recorded).toEqual([
        { kind: "event", name: "audit/cut", actor: null, roles: [], object: null, detail: cut },
      ]);
      expect(await readFile(file, "utf8")).toBe(whole.slice(0, start));
      expect(await readdir(folder)).toEqual(["log.jsonl"]);
    }
  });

  it("cuts all of a file that is one incomplete record, also a long one", async () => {
    for (const text of ["{", `{"x":"${"é".repeat(100_000)}`]) {
      await writeFile(file, text);
      expect(await recoverLog(file, record)).toEqual({ ok: true, value: cutOf(text) });
      expect(await readFile(file, "utf8")).toBe("");
    }
  });

  it("stops at anything else, naming the place, and changes nothing", async () => {
    const spoilt = [
      whole.replace("echo test", "echo oops"),
      `${lines[0]}\n${lines[2]}\n`,
      `garbage\n${whole}`,
      `${lines[0]}\n${lines[2]}\n{"torn`,
    ];
    for (const text of spoilt) {
      await writeFile(file, text);
      const recovered = await recoverLog(file, record);
      expect(recovered).toMatchObject({ ok: false, error: [{ code: "audit/invalid", place: { file } }] });
      expect(await readFile(file, "utf8")).toBe(text);
    }
    expect(recorded).toEqual([]);
    await writeFile(file, whole.replace("echo test", "echo oops"));
    expect(await recoverLog(file, record)).toMatchObject({ error: [{ place: { row: 1 } }] });
  });

  it("records a cut later that a crash left unrecorded, and passes over a note that is none", async () => {
    await writeFile(file, `${whole}{"torn`);
    const failing = () => Promise.reject(new Error("disk full"));
    await expect(recoverLog(file, failing)).rejects.toThrow("disk full");
    expect(await readFile(file, "utf8")).toBe(whole);
    expect(await recoverLog(file, record)).toEqual({ ok: true, value: cutOf('{"torn') });
    expect(recorded).toHaveLength(1);
    await writeFile(`${file}.cut`, '{"bytes":1');
    expect(await recoverLog(file, record)).toEqual({ ok: true, value: null });
  });
});
