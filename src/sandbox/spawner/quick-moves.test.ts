import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { quickMoves } from "./quick-moves.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lockkeeper-moves-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

it("moves this process to where it is, again and again, once a job has come", async () => {
  const procs = join(folder, "cgroup.procs");
  writeFileSync(procs, "");
  const told = quickMoves(procs);
  expect(readFileSync(procs, "utf8")).toBe("");
  told();
  const pid = String(process.pid);
  await expect.poll(() => readFileSync(procs, "utf8")).toMatch(new RegExp(`^(${pid}){2,}$`));
});

it("does nothing where there is no such file, or none that may be written", () => {
  quickMoves(undefined)();
  quickMoves(join(folder, "none"))();
  expect(() => readFileSync(join(folder, "none"))).toThrow("ENOENT");
});

it("gives up where a move is refused", async () => {
  const open = () => readdirSync("/proc/self/fd").filter((name) => targetOf(name) === "/dev/full").length;
  // A device that is full refuses whatever is written.
  const told = quickMoves("/dev/full");
  expect(open()).toBe(1);
  told();
  await expect.poll(open).toBe(0);
  expect(told).not.toThrow();
});

function targetOf(descriptor: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return "";
  }
}
