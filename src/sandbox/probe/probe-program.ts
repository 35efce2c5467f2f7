/**
 * The program that tries to get out. It is made of system calls alone, so that it needs nothing of the machine that it runs
 * on, and so that the very same attempt can be made outside, where it must succeed: a probe that always fails shows nothing.
 */
import { ProgramData, programFile } from "../program/elf.js";
import { call, jump, label, type Operand, type Step, type SystemCall, store } from "../program/machine.js";

/** What it tries to reach, each of which is there. */
export type Targets = {
  /** A TCP port on 127.0.0.1. */
  readonly port: number;
  /** A file outside of the workspace that all may read. */
  readonly outside: string;
  /** A file in the workspace that only its owner may read. */
  readonly ownersOnly: string;
  /** A process. */
  readonly pid: number;
  /** The key of a segment of System V shared memory. */
  readonly key: number;
};

/** What is tried, in order; the answers are what the kernel gave. */
export const attempts = [
  "uid",
  "parent",
  "socket",
  "connect",
  "outside",
  "ownersOnly",
  "signal",
  "segment",
  "personality",
  "root",
  "workspace",
  "buffer",
  "firstFile",
  "firstWrite",
  "secondFile",
  "secondWrite",
] as const;
export type Attempt = (typeof attempts)[number];

/** What each attempt gave; negative numbers are errors. `forks` are processes that could be started. */
export type Answers = Readonly<Record<Attempt, number>> & { readonly forks: number };

/** Bytes that each of two files is given: one fits, both do not. */
export const fileBytes = 768 * 1024;
/** The size that both must not get over. */
export const diskBytes = 1024 * 1024;
/** How many processes are asked for, and how many there may be. */
export const forks = 12;
export const processLimit = 6;

const inet = 2;
const stream = 1;
const currentFolder = -100;
const createAndWrite = 0o101;
const readWrite = 3;
const privateAnonymous = 0x22;
const populated = 0x8022;
const noRandomAddresses = 0x40000;
const createOwn = 0o1600;
const signalOfChild = 17;

/**
 * The program: every attempt, then as many processes as it gets, then the answers on standard output.
 *
 * @param mode - `outside` makes the segment that `inside` looks for, and writes and starts nothing
 */
export function probeProgram(arch: string, mode: "inside" | "outside", targets: Targets): Buffer {
  const data = new ProgramData();
  const address = Buffer.alloc(16);
  address.writeUInt16LE(inet, 0);
  address.writeUInt16BE(targets.port, 2);
  address.set([127, 0, 0, 1], 4);
  const answers = data.numbers(...attempts.map(() => 0), ...Array<number>(forks).fill(0));
  const at = (attempt: Attempt) => answers + 8 * attempts.indexOf(attempt);
  const opened = (path: string, flags: number): [SystemCall, ...Operand[]] => {
    return ["openat", currentFolder, { address: data.text(path) }, flags, 0o600];
  };
  const written = (file: Attempt): [SystemCall, ...Operand[]] => {
    return ["write", { load: at(file) }, { load: at("buffer") }, fileBytes];
  };
  const inside: Readonly<Record<Attempt, readonly [SystemCall, ...Operand[]]>> = {
    uid: ["getuid"],
    parent: ["getppid"],
    socket: ["socket", inet, stream, 0],
    connect: ["connect", { load: at("socket") }, { address: data.bytes(address) }, 16],
    outside: opened(targets.outside, 0),
    ownersOnly: opened(targets.ownersOnly, 0),
    signal: ["kill", targets.pid, 0],
    segment: mode === "outside" ? ["shmget", targets.key, 4096, createOwn] : ["shmget", targets.key, 0, 0],
    personality: ["personality", noRandomAddresses],
    root: opened("/lockkeeper-probe", createAndWrite),
    workspace: opened(`${targets.ownersOnly}-new`, createAndWrite),
    buffer: ["mmap", 0, fileBytes, readWrite, privateAnonymous, -1, 0],
    firstFile: opened("/tmp/lockkeeper-probe-1", createAndWrite),
    firstWrite: written("firstFile"),
    secondFile: opened("/tmp/lockkeeper-probe-2", createAndWrite),
    secondWrite: written("secondFile"),
  };
  const tried = mode === "inside" ? attempts : attempts.slice(0, attempts.indexOf("root"));
  const steps: Step[] = [
    ...tried.flatMap((attempt) => [call(...inside[attempt]), store(at(attempt))]),
    ...(mode === "inside" ? forkSteps(answers + 8 * attempts.length) : []),
    call("write", 1, { address: answers }, 8 * (attempts.length + forks)),
    call("exit_group", 0),
    label("child"),
    call("ppoll", 0, 0, 0, 0, 0),
    jump("always", "child"),
  ];
  return programFile(arch, steps, data);
}

function forkSteps(answers: number): Step[] {
  return Array.from({ length: forks }, (_, index) => [
    call("clone", signalOfChild, 0, 0, 0, 0),
    jump("zero", "child"),
    store(answers + 8 * index),
  ]).flat();
}

/** A program that uses this much memory and ends well, if it is let. */
export function hungryProgram(arch: string, bytes: number): Buffer {
  const steps = [
    call("mmap", 0, bytes, readWrite, populated, -1, 0),
    jump("negative", "refused"),
    call("exit_group", 0),
    label("refused"),
    call("exit_group", 1),
  ];
  return programFile(arch, steps, new ProgramData());
}

/** A program that removes a segment of shared memory. */
export function removingProgram(arch: string, segment: number): Buffer {
  return programFile(arch, [call("shmctl", segment, 0, 0), call("exit_group", 0)], new ProgramData());
}

/** Reads what the program wrote; undefined where it did not get that far. */
export function readAnswers(bytes: Uint8Array): Answers | undefined {
  if (bytes.length !== 8 * (attempts.length + forks)) return undefined;
  const buffer = Buffer.from(bytes);
  const number = (index: number) => Number(buffer.readBigInt64LE(8 * index));
  const started = Array.from({ length: forks }, (_, index) => number(attempts.length + index)).filter((pid) => pid > 0);
  const entries = attempts.map((attempt, index): [Attempt, number] => [attempt, number(index)]);
  return { ...emptyAnswers, ...Object.fromEntries(entries), forks: started.length };
}

const emptyAnswers: Readonly<Record<Attempt, number>> = {
  uid: 0,
  parent: 0,
  socket: 0,
  connect: 0,
  outside: 0,
  ownersOnly: 0,
  signal: 0,
  segment: 0,
  personality: 0,
  root: 0,
  workspace: 0,
  buffer: 0,
  firstFile: 0,
  firstWrite: 0,
  secondFile: 0,
  secondWrite: 0,
};
