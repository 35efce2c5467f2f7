/** What bubblewrap is told for one execution. */
import type { Execution } from "./execution.js";
import type { PinnedProgram } from "./pin.js";
import { type HardLimits, processLimits } from "./process-limits.js";
import { type Entry, entryProgram, type FolderIdentity } from "./program/entry-program.js";
import type { Binds } from "./root-folder.js";
import type { Job, PreparedJob } from "./spawner/job.js";

/** What is the same for every execution. */
export type BubblewrapSetup = {
  /** The absolute path of bubblewrap. */
  readonly file: string;
  /** `process.arch`. */
  readonly arch: string;
  /** Who bubblewrap runs as; null for ourselves. */
  readonly user: Job["user"];
  readonly common: Binds;
  readonly hard: HardLimits;
  /** The system-call filter. */
  readonly filter: Buffer;
};

/** Where the first process inside is, and where programs are that were copied. */
const ownFolder = "/run/lockkeeper";

/** Descriptors of bubblewrap: its arguments, then what the first process reports to, its file, and the filter. */
const descriptors = { args: 3, report: 4, entry: 5, filter: 6 } as const;

/** bubblewrap itself and the first process inside are in the control group as well. */
const ownProcesses = 2;

/**
 * New namespaces of every kind, no capability, no terminal, nothing of our environment, an end with us.
 *
 * @requirement SBX-07
 */
function isolated(): Binds {
  return [
    ["--unshare-user"],
    ["--unshare-ipc"],
    ["--unshare-pid"],
    ["--unshare-net"],
    ["--unshare-uts"],
    ["--unshare-cgroup-try"],
    ["--hostname", "sandbox"],
    ["--die-with-parent"],
    ["--new-session"],
    ["--as-pid-1"],
    ["--clearenv"],
    ["--cap-drop", "ALL"],
  ];
}

/** What the spawner is to start for one execution. */
export function bubblewrapJob(
  setup: BubblewrapSetup,
  execution: Execution,
  program: PinnedProgram,
  workspace: FolderIdentity,
  writable: boolean,
): PreparedJob {
  const { limits, stdin } = execution;
  const shown = programPath(program);
  const args = nulSeparated([
    ...isolated(),
    ["--chdir", execution.cwd],
    ["--seccomp", String(descriptors.filter)],
    ...setup.common,
    ["--perms", "1777", "--size", String(Math.max(1, limits.disk_bytes)), "--tmpfs", "/tmp"],
    [writable ? "--bind" : "--ro-bind", workspace.path, workspace.path],
    ...programBinds(program),
    ["--perms", "0500", "--file", String(descriptors.entry), `${ownFolder}/entry`],
    // Last, so that arguments that were cut off start nothing.
    ["--remount-ro", "/"],
  ]);
  const entry = entryProgram(setup.arch, entryOf(execution, shown, workspace, setup.hard));
  const job: Job = {
    file: setup.file,
    argv0: "bwrap",
    args: ["--args", String(descriptors.args), "--", `${ownFolder}/entry`],
    cwd: "/",
    env: {},
    // It ends with its first process, and everything inside with that one.
    ownGroup: false,
    user: setup.user,
    descriptors: [
      { kind: "pipe", length: args.length },
      { kind: "report" },
      { kind: "bytes", length: entry.length },
      { kind: "bytes", length: setup.filter.length },
    ],
    group: { memoryBytes: limits.memory_bytes, processes: limits.processes + ownProcesses },
    wallMs: limits.wall_ms,
    cpuMs: limits.cpu_ms,
    outputBytes: limits.output_bytes,
    stdinBytes: stdin === null ? null : stdin.length,
  };
  return { job, blobs: [args, entry, setup.filter, ...(stdin === null ? [] : [stdin])] };
}

/** @requirement EXE-14 */
function entryOf({ argv, env, limits }: Execution, path: string, workspace: FolderIdentity, hard: HardLimits): Entry {
  return { path, argv, env, workspace, report: descriptors.report, gate: null, limits: processLimits(limits, hard) };
}

/** A copy is where nobody inside can swap it: at its own path a folder above it could be, in a workspace. */
function programPath(program: PinnedProgram): string {
  return program.kind === "copied" ? `${ownFolder}/program/${program.name}` : program.path;
}

function programBinds(program: PinnedProgram): Binds {
  switch (program.kind) {
    case "copied":
      return [["--ro-bind", program.source, programPath(program)]];
    case "bound":
      return [["--ro-bind", program.path, program.path]];
    case "visible":
      return [];
  }
}

/** As `--args` reads them: no other process sees them, unlike a command line. */
function nulSeparated(options: Binds): Buffer {
  return Buffer.from(
    options
      .flat()
      .map((word) => `${word}\0`)
      .join(""),
  );
}
