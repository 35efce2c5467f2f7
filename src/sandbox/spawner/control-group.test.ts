import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ControlGroup, type GroupPlaces, sweepGroups } from "./control-group.js";

/** Plain folders in place of the kernel's: what is written there is what the kernel would be told. */
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lockkeeper-groups-"));
  for (const name of ["memory", "pids", "cpu"]) mkdirSync(join(folder, name));
});
afterEach(() => rmSync(folder, { recursive: true }));

const first = (): GroupPlaces => ({
  version: 1,
  memory: join(folder, "memory"),
  pids: join(folder, "pids"),
  cpu: join(folder, "cpu"),
  why: "",
});
const second = (): GroupPlaces => {
  const all = join(folder, "memory");
  return { version: 2, memory: all, pids: all, cpu: all, why: "" };
};
const limits = { memoryBytes: 1000, processes: 7 };
const file = (...names: readonly string[]) => readFileSync(join(folder, ...names), "utf8");

// @requirement SBX-07
describe("a control group", () => {
  it("of version 1 is a folder for each controller, with its limits", () => {
    new ControlGroup(first(), "run-1", limits).enter(4711);
    expect(file("memory", "run-1", "memory.limit_in_bytes")).toBe("1000");
    expect(file("pids", "run-1", "pids.max")).toBe("7");
    for (const name of ["memory", "pids", "cpu"]) expect(file(name, "run-1", "cgroup.procs")).toBe("4711");
    expect(readdirSync(join(folder, "memory", "run-1")).sort()).toEqual(["cgroup.procs", "memory.limit_in_bytes"]);
    expect(readdirSync(join(folder, "cpu", "run-1"))).toEqual(["cgroup.procs"]);
  });

  it("of version 2 is one folder with all limits", () => {
    new ControlGroup(second(), "run-1", limits).enter(4711);
    expect(readdirSync(join(folder, "memory", "run-1")).sort()).toEqual(["cgroup.procs", "memory.max", "pids.max"]);
    expect(file("memory", "run-1", "memory.max")).toBe("1000");
    expect(file("memory", "run-1", "pids.max")).toBe("7");
    expect(readdirSync(join(folder, "pids"))).toEqual([]);
  });

  it("tells what was used, or nothing", () => {
    const one = new ControlGroup(first(), "run-1", limits);
    expect([one.cpuMs(), one.memoryPeakBytes()]).toEqual([null, null]);
    writeFileSync(join(folder, "cpu", "run-1", "cpuacct.usage"), "1500000\n");
    writeFileSync(join(folder, "memory", "run-1", "memory.max_usage_in_bytes"), "4096\n");
    expect([one.cpuMs(), one.memoryPeakBytes()]).toEqual([1.5, 4096]);
    const two = new ControlGroup(second(), "run-2", limits);
    writeFileSync(join(folder, "memory", "run-2", "cpu.stat"), "usage_usec 2500\nuser_usec 1\n");
    writeFileSync(join(folder, "memory", "run-2", "memory.peak"), "8192\n");
    expect([two.cpuMs(), two.memoryPeakBytes()]).toEqual([2.5, 8192]);
  });

  it("where there is none holds nothing, tells nothing and is gone at once", () => {
    const none = new ControlGroup({ version: 2, memory: null, pids: null, cpu: null, why: "" }, "run-1", limits);
    none.enter(4711);
    none.kill();
    expect([none.cpuMs(), none.memoryPeakBytes(), none.remove()]).toEqual([null, null, true]);
  });

  it("takes the largest number of processes that the kernel takes", () => {
    new ControlGroup(first(), "run-1", { ...limits, processes: 2 ** 40 });
    expect(file("pids", "run-1", "pids.max")).toBe("4194304");
  });

  it("is not half made", () => {
    const places = { ...first(), pids: join(folder, "nowhere") };
    expect(() => new ControlGroup(places, "run-1", limits)).toThrow("ENOENT");
    expect(readdirSync(join(folder, "memory"))).toEqual([]);
  });

  it("is removed once it is empty, and only then", () => {
    const group = new ControlGroup({ ...first(), memory: null, pids: null }, "run-1", limits);
    writeFileSync(join(folder, "cpu", "run-1", "busy"), "");
    expect(group.remove()).toBe(false);
    rmSync(join(folder, "cpu", "run-1", "busy"));
    expect(group.remove()).toBe(true);
    expect(existsSync(join(folder, "cpu", "run-1"))).toBe(false);
  });

  it("of version 2 is ended by its own file", () => {
    const group = new ControlGroup(second(), "run-1", limits);
    writeFileSync(join(folder, "memory", "run-1", "cgroup.kill"), "");
    group.kill();
    expect(file("memory", "run-1", "cgroup.kill")).toBe("1");
  });
});

describe("what a dead spawner left", () => {
  it("is removed, and what a living one has is not", () => {
    const parent = join(folder, "pids");
    for (const name of ["lockkeeper-11", "lockkeeper-12", "lockkeeper-main", "other"]) mkdirSync(join(parent, name));
    for (const name of ["lockkeeper-11", "lockkeeper-12"]) mkdirSync(join(parent, name, "run-1"));
    sweepGroups(parent, 1, (pid) => pid === 12);
    expect(readdirSync(parent).sort()).toEqual(["lockkeeper-12", "lockkeeper-main", "other"]);
    expect(readdirSync(join(parent, "lockkeeper-12"))).toEqual(["run-1"]);
    sweepGroups(join(folder, "nowhere"), 1, () => false);
  });
});
