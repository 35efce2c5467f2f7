/** Verifies a log in a process of its own, so that its memory is its own: prints what it took as JSON. */
import { existsSync, readFileSync } from "node:fs";
import { jsonlLines, noteOf, verifyAudit } from "../src/audit/index.js";

const [file = ""] = process.argv.slice(2);
const notes = existsSync(`${file}.checkpoints`) ? readFileSync(`${file}.checkpoints`, "utf8").trim().split("\n") : [];
const log = { entries: () => jsonlLines(file), checkpoints: async () => notes.map((line) => noteOf(line) ?? "") };
const startedMs = performance.now();
const before = process.cpuUsage();
const report = await verifyAudit(log, { verifiers: null });
const wallMs = performance.now() - startedMs;
const { user, system } = process.cpuUsage(before);
const peakKb = Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]);
console.log(
  JSON.stringify({
    ok: report.ok,
    entries: report.entries,
    wallMs,
    cpuMs: (user + system) / 1000,
    peakMb: peakKb / 1024,
  }),
);
