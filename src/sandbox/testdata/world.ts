/** A real sandbox and a workspace for tests, and what they need of this machine. */
import { accessSync, chmodSync, constants, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Execution, Exit } from "../execution.js";
import { createSandbox } from "../create-sandbox.js";
import type { Sandbox, SandboxOptions } from "../sandbox.js";

/** Enough for everything that is to end by itself. */
export const limits = {
  wall_ms: 30_000,
  cpu_ms: 10_000,
  memory_bytes: 128 * 1024 * 1024,
  output_bytes: 100_000,
  disk_bytes: 4 * 1024 * 1024,
  processes: 16,
  open_files: 64,
} as const;

/** What a run wrote, and how it ended. */
export type Ran = Exit & { readonly stdout: string; readonly stderr: string };

/** A sandbox and a workspace. */
export type World = {
  readonly sandbox: Sandbox;
  readonly workspace: string;
  /** What was told for logs. */
  readonly failures: string[];
  run(path: string, argv: readonly string[], over?: Partial<Execution>): Promise<Ran>;
  /** Runs a script of the shell. */
  sh(script: string, over?: Partial<Execution>): Promise<Ran>;
  /** Runs a script of Perl, in which every system call can be made. */
  perl(script: string, over?: Partial<Execution>): Promise<Ran>;
  [Symbol.asyncDispose](): Promise<void>;
};

let numbers = 0;

/** Opens both; the workspace can be changed by commands where `writable` says so. */
export async function openWorld(options: SandboxOptions = {}): Promise<World> {
  const workspace = realpathSync(mkdtempSync(join(tmpdir(), "lockkeeper-work-")));
  chmodSync(workspace, 0o777);
  const failures: string[] = [];
  const sandbox = await createSandbox({ onFailure: (_id, why) => failures.push(why), ...options });
  const run = async (path: string, argv: readonly string[], over: Partial<Execution> = {}): Promise<Ran> => {
    const written = { stdout: "", stderr: "" };
    const execution: Execution = {
      executionId: `execution-${++numbers}`,
      path,
      argv,
      cwd: workspace,
      workspace,
      env: {},
      stdin: null,
      limits,
      isolation: { profile: null, requires: [] },
      ...over,
    };
    const exit = await sandbox.run(execution, (stream, chunk) => {
      written[stream] += Buffer.from(chunk).toString("utf8");
    });
    return { ...exit, ...written };
  };
  return {
    sandbox,
    workspace,
    failures,
    run,
    sh: (script, over) => run("/bin/sh", ["sh", "-c", script], over),
    perl: (script, over) => run("/usr/bin/perl", ["perl", "-e", script], over),
    [Symbol.asyncDispose]: async () => {
      await sandbox[Symbol.asyncDispose]();
      rmSync(workspace, { recursive: true, force: true });
    },
  };
}

/**
 * Whether bubblewrap is here. Where it is not, tests that need it are left out with that reason, but in CI they fail: a
 * sandbox that nothing was tried on is not one.
 */
export function hasBubblewrap(): boolean {
  if (process.platform === "linux" && ["/usr/bin/bwrap", "/usr/local/bin/bwrap"].some(isExecutable)) return true;
  if (process.env.CI !== undefined) throw new Error("CI needs Linux with bubblewrap: the sandbox was not tried out");
  console.warn("left out: bubblewrap is not here");
  return false;
}

/** Whether the machine has a program that some tests need. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Processes of this machine with this in their command line. */
export function living(text: string): number[] {
  return readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && fileOf(pid, "cmdline").includes(text)).map(Number);
}

/** The spawners that a process has started. */
export function spawnersOf(pid: number): number[] {
  return living("spawner/main.").filter((one) => new RegExp(`^PPid:\\s*${pid}$`, "m").test(fileOf(one, "status")));
}

function fileOf(pid: number | string, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    return "";
  }
}
