import { spawn, spawnSync } from "node:child_process";
import { chmodSync, closeSync, lstatSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Entry, entryProgram, readReport } from "./entry-program.js";
import { isKnownArchitecture } from "./machine.js";

const here = process.platform === "linux" && isKnownArchitecture(process.arch);

describe.skipIf(!here)("the first process", () => {
  let folder: string;
  let usual: Omit<Entry, "argv">;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "lockkeeper-entry-"));
    const { dev: device, ino: inode } = lstatSync(folder, { bigint: true });
    const limits = { cpuSeconds: 2, lastCpuSecond: 3, fileBytes: 4096, openFiles: 20, processes: null };
    usual = { path: "/bin/sh", env: {}, limits, workspace: { path: folder, device, inode }, report: 4, gate: null };
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const make = (entry: Entry) => {
    const file = join(folder, "entry");
    rmSync(file, { force: true });
    writeFileSync(file, entryProgram(process.arch, entry));
    chmodSync(file, 0o755);
    return { file, report: join(folder, "report") };
  };
  const run = (argv: readonly string[], over: Partial<Entry> = {}, gate?: string) => {
    const { file, report } = make({ ...usual, argv, ...over });
    const [reportFd, gateFd] = [openSync(report, "w"), openSync(gate ?? "/dev/null", "r")];
    const stdio: ("ignore" | "pipe" | number)[] = ["ignore", "pipe", "pipe", gateFd, reportFd, reportFd];
    const { stdout, status } = spawnSync(file, { env: { NOT: "this" }, stdio, encoding: "utf8" });
    for (const descriptor of [reportFd, gateFd]) closeSync(descriptor);
    return { stdout, status, report: readReport(readFileSync(report)) };
  };

  // @requirement EXE-14
  it("gives argv and environment byte for byte", () => {
    const script = 'printf "[%s]" "$0" "$@"; env -0';
    const odd = ["", "a b", "größe", "$(id)", "\n"];
    const env = { PATH: "/usr/bin:/bin", "odd.name": "a=b", EMPTY: "" };
    const { stdout, report } = run(["some name", "-c", `${script} | sort -z`, "zero", ...odd], { env });
    expect(stdout.startsWith(`[zero]${odd.map((one) => `[${one}]`).join("")}`)).toBe(true);
    expect(report).toMatchObject({ kind: "ended", status: 0 });
    const only = run(["env"], { path: "/usr/bin/env", env: { ONLY: "this" } });
    expect(only.stdout).toBe("ONLY=this\n");
    expect(run(["sh", "-c", "tr '\\0' '|' < /proc/$$/cmdline"], { env }).stdout).toContain("sh|-c|tr ");
  });

  // @requirement EXE-14
  it("is not made for what would become other bytes", () => {
    for (const argv of [["a\0b"], ["\ud800"]]) expect(() => make({ ...usual, argv })).toThrow("inside of an argument");
    for (const name of ["", "A=B"])
      expect(() => make({ ...usual, argv: ["x"], env: { [name]: "" } })).toThrow("no variable");
    expect(make({ ...usual, argv: ["\u{1f512}"], env: { A: "=" } }).file).toContain("entry");
  });

  it("tells how the command ended, and what it used", () => {
    expect(run(["sh", "-c", "exit 7"]).report).toMatchObject({ kind: "ended", status: 7 << 8 });
    expect(run(["sh", "-c", "kill -TERM $$"]).report).toMatchObject({ kind: "ended", status: 15 });
    const busy = "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done";
    const { report } = run(["sh", "-c", busy]);
    if (report.kind !== "ended") throw new Error(report.kind);
    expect(report.cpuMs).toBeGreaterThan(10);
    expect(report.memoryPeakBytes).toBeGreaterThan(100_000);
  });

  // @requirement SBX-07
  it("sets the limits before the command is there", () => {
    const { stdout } = run(["cat", "/proc/self/limits"], { path: "/bin/cat" });
    const bound = (name: string) => new RegExp(`^Max ${name} +(\\S+) +(\\S+)`, "m").exec(stdout)?.slice(1);
    expect(bound("cpu time")).toEqual(["2", "3"]);
    expect(bound("file size")).toEqual(["4096", "4096"]);
    expect(bound("core file size")).toEqual(["0", "0"]);
    expect(bound("open files")).toEqual(["20", "20"]);
    const without = bound("processes");
    const with9 = run(["cat", "/proc/self/limits"], {
      path: "/bin/cat",
      limits: { ...usual.limits, processes: 90_001 },
    });
    expect(with9.stdout).toMatch(/^Max processes +90001 +90001/m);
    expect(without).not.toEqual(["90001", "90001"]);
  });

  it("starts nothing where a limit cannot be set", () => {
    // The kernel has a largest number of open files; nobody may have more.
    const { stdout, report } = run(["sh", "-c", "echo ran"], { limits: { ...usual.limits, openFiles: 2 ** 40 } });
    expect([stdout, report]).toEqual(["", { kind: "failed", errno: 1 }]);
    expect(run(["sh", "-c", "echo ran"]).stdout).toBe("ran\n");
  });

  it("closes what it was given", () => {
    expect(run(["ls", "/proc/self/fd"], { path: "/bin/ls" }).stdout).toBe("0\n1\n2\n3\n");
  });

  it("cannot be looked into by what it starts", () => {
    const { stdout } = run(["sh", "-c", "stat -c %u /proc/$PPID/fd; stat -c %u /proc/$$/fd"], {
      env: { PATH: "/usr/bin:/bin" },
    });
    expect(stdout.split("\n").slice(0, 2)).toEqual(["0", String(process.getuid?.())]);
  });

  it("tells that a command could not be started", () => {
    expect(run(["x"], { path: "/nowhere" }).report).toEqual({ kind: "failed", errno: 2 });
    expect(run(["x"], { path: "/etc" }).report).toEqual({ kind: "failed", errno: 13 });
  });

  it("starts nothing in another folder than the one that was looked at", () => {
    const { workspace } = usual;
    const others = [
      { ...workspace, inode: workspace.inode + 1n },
      { ...workspace, device: workspace.device + 1n },
      { ...workspace, path: `${folder}/nowhere` },
    ];
    for (const other of others) {
      const { stdout, report, status } = run(["sh", "-c", "echo ran"], { workspace: other });
      expect([stdout, report, status]).toEqual(["", { kind: "swapped" }, 127]);
    }
  });

  it("waits for its gate", () => {
    const gate = join(folder, "gate");
    spawnSync("mkfifo", [gate]);
    const feeder = spawn("/bin/sh", ["-c", `echo > ${gate}`]);
    expect(run(["sh", "-c", "echo ran"], { gate: 3 }, gate).stdout).toBe("ran\n");
    feeder.kill();
  });

  it("starts nothing once nobody listens to its standard error", async () => {
    const { file, report } = make({ ...usual, argv: ["sh", "-c", `echo > ${folder}/ran`], gate: 3 });
    const reportFd = openSync(report, "w");
    const child = spawn(file, { stdio: ["ignore", "ignore", "pipe", "pipe", reportFd] });
    closeSync(reportFd);
    child.stderr?.destroy();
    const gate = child.stdio[3];
    if (gate === null || gate === undefined || !("end" in gate)) throw new Error("no gate");
    await new Promise<void>((resolve) => child.stderr?.on("close", resolve));
    gate.end("x");
    expect(await new Promise((resolve) => child.on("exit", resolve))).toBe(127);
    expect(() => readFileSync(join(folder, "ran"))).toThrow("ENOENT");
  });
});

describe("a report", () => {
  const numbers = (...values: readonly number[]) => {
    const bytes = Buffer.alloc(8 * values.length);
    for (const [index, value] of values.entries()) bytes.writeBigInt64LE(BigInt(value), 8 * index);
    return bytes;
  };
  const usage = [1, 500_000, 2, 250_000, 64, ...Array<number>(13).fill(0)];

  it("is told by how far it got", () => {
    expect(readReport(Buffer.alloc(0))).toEqual({ kind: "none" });
    expect(readReport(numbers(1, 0))).toEqual({ kind: "killed" });
    expect(readReport(numbers(1, 0, 2, -13))).toEqual({ kind: "failed", errno: 13 });
    expect(readReport(numbers(1, 0, 4, 0))).toEqual({ kind: "swapped" });
    expect(readReport(numbers(1, 0, 3, 9, ...usage))).toEqual({
      kind: "ended",
      status: 9,
      cpuMs: 3750,
      memoryPeakBytes: 65_536,
    });
  });

  it("is one of a failure also where an end follows, and of none where it was cut off", () => {
    expect(readReport(numbers(1, 0, 2, -2, 3, 127 << 8, ...usage))).toEqual({ kind: "failed", errno: 2 });
    expect(readReport(numbers(1, 0, 3, 9, ...usage.slice(1)))).toEqual({ kind: "killed" });
  });
});
