/**
 * The first process inside: it sets the limits, closes what was inherited, runs the command and reports how that ended.
 *
 * bubblewrap alone cannot: 0.8 has no `--argv0`, adds `PWD` to the environment, tells a signal as 128 and its number, and
 * sets no limits. As process 1 of its namespace it takes the place of bubblewrap's own, so it costs no process more; when
 * it ends, the kernel ends everything inside with it.
 */
import { ProgramData, programFile } from "./elf.js";
import { call, fetch, jump, label, type Step, store } from "./machine.js";

/** What a report is made of: 64-bit numbers, a stage and a value each; the last is followed by a `struct rusage`. */
const stages = { started: 1, failed: 2, ended: 3, swapped: 4 } as const;

/** Resources as `prlimit` numbers them. */
const resources = { cpu: 0, fsize: 1, core: 4, nproc: 6, nofile: 7 } as const;

const setDumpable = 4;
const closeOnExec = 4;
const signalWhenParentDies = 1;
const sigkill = 9;
const standardError = 2;
const signalOfChild = 17;
const waitForAll = 0x40000000;
const ofChildren = -1;
const rusageBytes = 144;
const statBytes = 144;
const currentFolder = -100;
const noFollow = 0x100;

/** What the command is given. */
export type Entry = {
  readonly path: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly limits: EntryLimits;
  /** The folder that must be at its path, told by what cannot be swapped. */
  readonly workspace: FolderIdentity;
  /** The descriptor that it reports to. */
  readonly report: number;
  /** A descriptor from which it reads one byte before it does anything; null where nothing has to be waited for. */
  readonly gate: number | null;
};

/** A folder, and its device and number as `stat` tells them. */
export type FolderIdentity = { readonly path: string; readonly device: bigint; readonly inode: bigint };

/** Limits of each process. */
export type EntryLimits = {
  /** After which a signal comes that can be caught, and the last, after which one that cannot. */
  readonly cpuSeconds: number;
  readonly lastCpuSecond: number;
  readonly fileBytes: number;
  readonly openFiles: number;
  /** Of all processes of the user together, which is a bound only in a user namespace; null for none. */
  readonly processes: number | null;
};

/**
 * The program for one command: its argv and its environment are in it byte for byte, nothing is parsed again.
 */
export function entryProgram(arch: string, entry: Entry): Buffer {
  const { path, argv, env, limits, workspace, report, gate } = entry;
  const data = new ProgramData();
  const file = data.text(path);
  const args = data.pointers(argv.map((one) => data.text(one)));
  const environment = data.pointers(Object.entries(env).map(([name, value]) => data.text(variable(name, value))));
  const started = data.numbers(stages.started, 0);
  const failed = data.numbers(stages.failed, 0);
  const ended = data.numbers(stages.ended, 0);
  const usage = data.bytes(Buffer.alloc(rusageBytes));
  const swapped = data.numbers(stages.swapped, 0);
  const child = data.numbers(0);
  const steps: Step[] = [
    // Nobody else in here can look into this process, nor take its descriptors from /proc.
    call("prctl", setDumpable, 0),
    call("prctl", signalWhenParentDies, sigkill),
    ...(gate === null ? [] : [call("read", gate, { address: child }, 1)]),
    call("write", report, { address: started }, 16),
    ...livingSpawnerSteps(data),
    ...sameFolderSteps(data, workspace),
    call("clone", signalOfChild, 0, 0, 0, 0),
    jump("negative", "failed"),
    jump("zero", "child"),
    store(child),
    label("wait"),
    call("wait4", -1, { address: ended + 8 }, waitForAll, 0),
    jump("differs", "wait", child),
    call("getrusage", ofChildren, { address: usage }),
    call("write", report, { address: ended }, 16),
    call("write", report, { address: usage }, rusageBytes),
    call("exit_group", 0),
    label("child"),
    call("prctl", signalWhenParentDies, sigkill),
    ...limitSteps(data, limits),
    call("close_range", 3, 0xffffffff, closeOnExec),
    jump("negative", "failed"),
    call("execve", { address: file }, { address: args }, { address: environment }),
    label("failed"),
    store(failed + 8),
    call("write", report, { address: failed }, 16),
    label("gone"),
    call("exit_group", 127),
    label("swapped"),
    call("write", report, { address: swapped }, 16),
    call("exit_group", 127),
  ];
  return programFile(arch, steps, data);
}

/** A name with an equals sign would be another variable. */
function variable(name: string, value: string): string {
  if (name === "" || name.includes("=")) throw new Error("a name that no variable can have");
  return `${name}=${value}`;
}

/**
 * bubblewrap's child asks to die with its parent only when it is about to start this program. A parent that was gone
 * before is noticed here: the spawner holds the other end of standard error, and lets go of it before it ends anything
 * that has not begun; so does the kernel for a spawner that dies.
 */
function livingSpawnerSteps(data: ProgramData): Step[] {
  return [
    call("ppoll", { address: data.numbers(standardError) }, 1, { address: data.numbers(0, 0) }, 0, 0),
    jump("zero", "living"),
    jump("always", "gone"),
    label("living"),
  ];
}

/**
 * bubblewrap follows whatever is at the path when it mounts; whoever can write to a folder above could put a link there
 * between our look and that moment. What is mounted is looked at once more, where nobody can swap it any longer.
 */
function sameFolderSteps(data: ProgramData, { path, device, inode }: FolderIdentity): Step[] {
  const status = data.bytes(Buffer.alloc(statBytes));
  return [
    call("newfstatat", currentFolder, { address: data.text(path) }, { address: status }, noFollow),
    jump("negative", "swapped"),
    fetch(status),
    jump("differs", "swapped", data.numbers(device)),
    fetch(status + 8),
    jump("differs", "swapped", data.numbers(inode)),
  ];
}

/**
 * A limit that cannot be set is a command that does not start.
 *
 * @requirement SBX-07
 */
function limitSteps(data: ProgramData, limits: EntryLimits): Step[] {
  const bounds: readonly (readonly [number, number, number])[] = [
    [resources.cpu, limits.cpuSeconds, limits.lastCpuSecond],
    [resources.fsize, limits.fileBytes, limits.fileBytes],
    [resources.core, 0, 0],
    [resources.nofile, limits.openFiles, limits.openFiles],
    ...(limits.processes === null ? [] : [nproc(limits.processes)]),
  ];
  return bounds.flatMap(([resource, soft, hard]) => [
    call("prlimit64", 0, resource, { address: data.numbers(soft, hard) }, 0),
    jump("negative", "failed"),
  ]);
}

function nproc(count: number): readonly [number, number, number] {
  return [resources.nproc, count, count];
}

/** What the first process told. */
export type Report =
  /** It never ran: what was to start it failed. */
  | { readonly kind: "none" }
  /** The command could not be started. */
  | { readonly kind: "failed"; readonly errno: number }
  /** Another folder was mounted for the workspace than the one that was looked at. */
  | { readonly kind: "swapped" }
  /** It began, and was ended before it could tell more. */
  | { readonly kind: "killed" }
  /** With the command's wait status, the CPU time of it and of all that was waited for, and the largest one's memory. */
  | {
      readonly kind: "ended";
      readonly status: number;
      readonly cpuMs: number | null;
      readonly memoryPeakBytes: number | null;
    };

/** Reads a report. */
export function readReport(bytes: Buffer): Report {
  if (bytes.length < 16) return { kind: "none" };
  // The first word after the start is the one that counts: after a failure the first process still tells of an end.
  const stage = bytes.length < 32 ? 0 : bytes.readUInt32LE(16);
  if (stage === stages.failed) return { kind: "failed", errno: -Number(bytes.readBigInt64LE(24)) };
  if (stage === stages.swapped) return { kind: "swapped" };
  if (stage !== stages.ended || bytes.length < 32 + rusageBytes) return { kind: "killed" };
  const number = (index: number) => Number(bytes.readBigInt64LE(32 + 8 * index));
  const cpuMs = (number(0) + number(2)) * 1000 + (number(1) + number(3)) / 1000;
  return { kind: "ended", status: bytes.readUInt32LE(24), cpuMs, memoryPeakBytes: number(4) * 1024 };
}
