import { describe, expect, it } from "vitest";
import { bubblewrapJob } from "./bubblewrap-job.js";
import type { Execution } from "./execution.js";
import type { PinnedProgram } from "./pin.js";
import { readHardLimits } from "./process-limits.js";
import { decodeJob, encodeJob } from "./spawner/job.js";

const setup = {
  file: "/usr/bin/bwrap",
  arch: "x64",
  user: { uid: 65533, gid: 65534 },
  common: [["--ro-bind", "/usr", "/usr"]],
  hard: readHardLimits(""),
  filter: Buffer.from("filter"),
};
const execution: Execution = {
  executionId: "execution-1",
  path: "/opt/tool",
  argv: ["tool", "x"],
  cwd: "/work/below",
  workspace: "/work",
  env: { A: "secret-value" },
  stdin: null,
  limits: {
    wall_ms: 1,
    cpu_ms: 2,
    memory_bytes: 3,
    output_bytes: 4,
    disk_bytes: 5,
    processes: 6,
    open_files: 7,
  },
  isolation: { profile: null, requires: [] },
};
const workspace = { path: "/work", device: 1n, inode: 2n };
const visible: PinnedProgram = { kind: "visible", path: "/usr/bin/tool" };

const wordsOf = (program: PinnedProgram, writable = false, over: Partial<Execution> = {}) => {
  const { blobs } = bubblewrapJob(setup, { ...execution, ...over }, program, workspace, writable);
  return Buffer.from(blobs[0] ?? [])
    .toString("utf8")
    .split("\0");
};

// @requirement SBX-07
describe("what bubblewrap is told", () => {
  it("is exactly this: every namespace, nothing but what is listed, the root closed last", () => {
    expect(wordsOf(visible).join(" ")).toBe(
      [
        "--unshare-user --unshare-ipc --unshare-pid --unshare-net --unshare-uts --unshare-cgroup-try --hostname sandbox",
        "--die-with-parent --new-session --as-pid-1 --clearenv --cap-drop ALL",
        "--chdir /work/below --seccomp 6 --ro-bind /usr /usr",
        "--perms 1777 --size 5 --tmpfs /tmp --ro-bind /work /work",
        "--perms 0500 --file 5 /run/lockkeeper/entry --remount-ro / ",
      ].join(" "),
    );
  });

  it("lets the workspace be changed only where it may be", () => {
    expect(wordsOf(visible, true).join(" ")).toContain(" --bind /work /work ");
    expect(wordsOf(visible, false).join(" ")).not.toContain(" --bind ");
  });

  it("shows a program by itself where no folder does, and a copy where nobody can swap it", () => {
    expect(wordsOf({ kind: "bound", path: "/opt/tool" }).join(" ")).toContain(" --ro-bind /opt/tool /opt/tool ");
    const copied: PinnedProgram = { kind: "copied", source: "/store/abc", name: "tool", sha256: "abc" };
    expect(wordsOf(copied).join(" ")).toContain(" --ro-bind /store/abc /run/lockkeeper/program/tool ");
  });

  it("bounds the disk by at least one byte, for nothing would be no bound", () => {
    expect(wordsOf(visible, false, { limits: { ...execution.limits, disk_bytes: 0 } }).join(" ")).toContain(
      "--size 1 ",
    );
  });
});

describe("what the spawner is told", () => {
  it("is to start bubblewrap as another user, without an environment, with what it reads in order", () => {
    const { job, blobs } = bubblewrapJob(setup, { ...execution, stdin: Buffer.from("in") }, visible, workspace, false);
    expect(job).toMatchObject({
      file: "/usr/bin/bwrap",
      argv0: "bwrap",
      args: ["--args", "3", "--", "/run/lockkeeper/entry"],
      cwd: "/",
      env: {},
      ownGroup: false,
      user: { uid: 65533, gid: 65534 },
      group: { memoryBytes: 3, processes: 8 },
      wallMs: 1,
      cpuMs: 2,
      outputBytes: 4,
      stdinBytes: 2,
    });
    expect(job.descriptors.map(({ kind }) => kind)).toEqual(["pipe", "report", "bytes", "bytes"]);
    const back = decodeJob(encodeJob(job, blobs));
    expect(back.blobs.slice(2).map(String)).toEqual(["filter", "in"]);
  });

  it("names neither argv nor environment where other processes of this machine could read them", () => {
    const { job } = bubblewrapJob(setup, execution, visible, workspace, false);
    expect(JSON.stringify(job)).not.toMatch(/secret-value|"x"/);
  });
});
