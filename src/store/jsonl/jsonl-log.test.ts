import { hash } from "node:crypto";
import { appendFile, mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { AuditEntry, parserOf } from "../../model/index.js";
import { end } from "../testdata/entries.js";
import { openJsonlRecorder } from "./jsonl-log.js";

const parseEntry = parserOf(AuditEntry);
const clock = { nowMs: () => 1_000 };
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lockkeeper-jsonl-"));
});
afterEach(() => rm(folder, { recursive: true }));

it("chains its lines: each holds the hash of the one before, as stored", async () => {
  const file = join(folder, "audit/log.jsonl");
  const recorder = await openJsonlRecorder(file, "w1", clock);
  await Promise.all(["execution-1", "execution-2", "execution-3"].map((id) => recorder.append(end(id))));
  await recorder[Symbol.asyncDispose]();
  const lines = (await readFile(file, "utf8")).trimEnd().split("\n");
  const entries = lines.map((line) => parseEntry(JSON.parse(line)));
  expect(entries.map((entry) => entry.ok)).toEqual([true, true, true]);
  const previous = entries.map((entry) => (entry.ok ? entry.value.prev_sha256 : ""));
  expect(previous).toEqual(["0".repeat(64), ...lines.slice(0, 2).map((line) => hash("sha256", line, "hex"))]);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

it("starts on a line of its own after a line that a crash cut short", async () => {
  const file = join(folder, "log.jsonl");
  await appendFile(file, '{"torn":');
  const recorder = await openJsonlRecorder(file, "w1", clock);
  await recorder.append(end("execution-1"));
  await recorder.append(end("execution-2"));
  await recorder[Symbol.asyncDispose]();
  const lines = (await readFile(file, "utf8")).trimEnd().split("\n");
  expect(lines).toHaveLength(3);
  expect(lines[0]).toBe('{"torn":');
  expect(lines.slice(1).every((line) => parseEntry(JSON.parse(line)).ok)).toBe(true);
});

it("rejects, and goes on rejecting, once a line could not be written", async () => {
  const recorder = await openJsonlRecorder("/dev/full", "w1", clock);
  await expect(recorder.append(end("execution-1"))).rejects.toThrow();
  await expect(recorder.append(end("execution-2"))).rejects.toThrow();
  await recorder[Symbol.asyncDispose]();
});
