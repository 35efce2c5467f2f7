/** A command with nothing around it but another user where we are root, limits, and a control group where there is one. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Execution } from "./execution.js";
import { makeFile } from "./made-file.js";
import type { PinnedProgram } from "./pin.js";
import { type HardLimits, processLimits } from "./process-limits.js";
import { type Entry, entryProgram, type FolderIdentity } from "./program/entry-program.js";
import type { Job, PreparedJob } from "./spawner/job.js";

/** What is the same for every execution. */
export type PlainSetup = {
  /** `process.arch`. */
  readonly arch: string;
  /** Who commands run as; null for ourselves. */
  readonly user: Job["user"];
  readonly hard: HardLimits;
  /** Where programs may be put that the user can start. */
  readonly folder: string;
};

/** The first process waits for a byte, so that it is in its control group before it starts anything. */
const descriptors = { gate: 3, report: 4 } as const;
const gateByte = Buffer.from([1]);

let numbers = 0;

/**
 * What the spawner is to start for one execution, where bubblewrap cannot.
 */
export function plainJob(
  setup: PlainSetup,
  execution: Execution,
  program: PinnedProgram,
  workspace: FolderIdentity,
): PreparedJob {
  const { cwd, limits, stdin } = execution;
  const entry = entryOf(execution, program, workspace, setup.hard);
  const file = join(setup.folder, `entry-${++numbers}`);
  makeFile(file, entryProgram(setup.arch, entry), 0o555);
  const job: Job = {
    file,
    argv0: "lockkeeper-entry",
    args: [],
    cwd,
    env: {},
    ownGroup: true,
    user: setup.user,
    descriptors: [{ kind: "pipe", length: gateByte.length }, { kind: "report" }],
    group: { memoryBytes: limits.memory_bytes, processes: limits.processes + 1 },
    wallMs: limits.wall_ms,
    cpuMs: limits.cpu_ms,
    outputBytes: limits.output_bytes,
    stdinBytes: stdin === null ? null : stdin.length,
  };
  const blobs = stdin === null ? [gateByte] : [gateByte, stdin];
  return { job, blobs, clean: () => rmSync(file, { force: true }) };
}

/** @requirement EXE-14 */
function entryOf(
  { argv, env, limits }: Execution,
  program: PinnedProgram,
  workspace: FolderIdentity,
  hard: HardLimits,
): Entry {
  const path = program.kind === "copied" ? program.source : program.path;
  // Without a user namespace the bound would be of all that the user runs, on the whole machine.
  const bounds = { ...processLimits(limits, hard), processes: null };
  return { path, argv, env, limits: bounds, workspace, ...descriptors };
}
