/**
 * Machine code for straight-line programs of system calls, on the two architectures that the sandbox knows.
 *
 * What must happen between bubblewrap and the command (limits, closing descriptors, `execve` with exactly this argv and
 * environment) needs a program that is neither a shell nor a dependency. A few instructions suffice: see decision 0008.
 */

/** An argument of a system call: a number, the address of a byte of the program's data, or the 64 bits stored there. */
export type Operand = number | bigint | { readonly address: number } | { readonly load: number };

/** One step. Labels are names; `result` is what the last call gave. */
export type Step =
  | { readonly kind: "call"; readonly name: SystemCall; readonly operands: readonly Operand[] }
  /** Stores the result at an offset of the data. */
  | { readonly kind: "store"; readonly at: number }
  /** Takes what is stored at an offset of the data for the result. */
  | { readonly kind: "fetch"; readonly at: number }
  | { readonly kind: "label"; readonly name: string }
  | { readonly kind: "jump"; readonly when: Condition; readonly to: string; readonly at?: number };

/** Compares the result: with zero, or (`differs`) with what is stored at an offset of the data. */
export type Condition = "always" | "negative" | "zero" | "differs";

/** Numbers of system calls: x86-64, then the generic table that aarch64 uses. */
const systemCalls = {
  read: [0, 63],
  write: [1, 64],
  mmap: [9, 222],
  getpid: [39, 172],
  socket: [41, 198],
  connect: [42, 203],
  shmget: [29, 194],
  shmctl: [31, 195],
  clone: [56, 220],
  execve: [59, 221],
  wait4: [61, 260],
  kill: [62, 129],
  getrusage: [98, 165],
  getuid: [102, 174],
  getppid: [110, 173],
  personality: [135, 92],
  prctl: [157, 167],
  exit_group: [231, 94],
  openat: [257, 56],
  newfstatat: [262, 79],
  ppoll: [271, 73],
  prlimit64: [302, 261],
  close_range: [436, 436],
} as const;
export type SystemCall = keyof typeof systemCalls;

/** Calls a system call. */
export function call(name: SystemCall, ...operands: readonly Operand[]): Step {
  return { kind: "call", name, operands };
}

/** Names the next step. */
export function label(name: string): Step {
  return { kind: "label", name };
}

/** Goes on at a label. */
export function jump(when: Condition, to: string, at?: number): Step {
  return at === undefined ? { kind: "jump", when, to } : { kind: "jump", when, to, at };
}

/** Keeps the result at an offset of the data. */
export function store(at: number): Step {
  return { kind: "store", at };
}

/** Takes what is kept at an offset of the data for the result. */
export function fetch(at: number): Step {
  return { kind: "fetch", at };
}

/** An architecture: how each step is written. Sizes never depend on values, so that labels can be laid out first. */
type Architecture = {
  /** `e_machine` of ELF. */
  readonly elfMachine: number;
  call(index: readonly [number, number], operands: readonly Resolved[]): Buffer;
  store(address: bigint): Buffer;
  fetch(address: bigint): Buffer;
  /** @param offset - from the end of the instruction that jumps on x86-64, from its start on aarch64 */
  jump(when: Condition, address: bigint, from: number, to: number): Buffer;
};

/** An operand with its address. */
type Resolved = { readonly value: bigint; readonly load: boolean };

const x64: Architecture = {
  elfMachine: 62,
  call: ([number], operands) => {
    const parts = operands.flatMap(({ value, load }, index) => x64Argument(x64Registers[index], value, load));
    return Buffer.concat([...parts, x64Move([0x48, 0xb8], BigInt(number)), Buffer.from([0x0f, 0x05])]);
  },
  store: (address) => Buffer.concat([x64Move([0x48, 0xb9], address), Buffer.from([0x48, 0x89, 0x01])]),
  fetch: (address) => Buffer.concat([x64Move([0x48, 0xb9], address), Buffer.from([0x48, 0x8b, 0x01])]),
  jump: (when, address, from, to) => {
    const compare = when === "differs" ? Buffer.concat([x64Move([0x48, 0xb9], address), x64Compare]) : x64Test;
    const opcode = x64Jumps[when];
    const before = when === "always" ? opcode : Buffer.concat([compare, opcode]);
    const offset = Buffer.alloc(4);
    offset.writeInt32LE(to - (from + before.length + 4));
    return Buffer.concat([before, offset]);
  },
};

/** rdi, rsi, rdx, r10, r8, r9: the opcode of `mov r64, imm64`, and of `mov r64, [r64]` with the same register. */
const x64Registers = [
  { move: [0x48, 0xbf], load: [0x48, 0x8b, 0x3f] },
  { move: [0x48, 0xbe], load: [0x48, 0x8b, 0x36] },
  { move: [0x48, 0xba], load: [0x48, 0x8b, 0x12] },
  { move: [0x49, 0xba], load: [0x4d, 0x8b, 0x12] },
  { move: [0x49, 0xb8], load: [0x4d, 0x8b, 0x00] },
  { move: [0x49, 0xb9], load: [0x4d, 0x8b, 0x09] },
] as const;

/** `test rax, rax`, and `cmp rax, [rcx]`. */
const x64Test = Buffer.from([0x48, 0x85, 0xc0]);
const x64Compare = Buffer.from([0x48, 0x3b, 0x01]);
const x64Jumps: Readonly<Record<Condition, Buffer>> = {
  always: Buffer.from([0xe9]),
  negative: Buffer.from([0x0f, 0x88]),
  zero: Buffer.from([0x0f, 0x84]),
  differs: Buffer.from([0x0f, 0x85]),
};

function x64Argument(register: (typeof x64Registers)[number] | undefined, value: bigint, load: boolean): Buffer[] {
  if (register === undefined) throw new Error("a system call takes six arguments");
  const moved = x64Move(register.move, value);
  return load ? [moved, Buffer.from(register.load)] : [moved];
}

function x64Move(opcode: readonly number[], value: bigint): Buffer {
  const bytes = Buffer.alloc(opcode.length + 8);
  bytes.set(opcode);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, value), opcode.length);
  return bytes;
}

/** x8 holds the number, x0 to x5 the arguments; x9 and x10 are ours. */
const arm64: Architecture = {
  elfMachine: 183,
  call: ([, number], operands) => {
    const parts = operands.flatMap(({ value, load }, register) => [
      armMove(register, value),
      ...(load ? [armWord(0xf9400000 | (register << 5) | register)] : []),
    ]);
    return Buffer.concat([...parts, armMove(8, BigInt(number)), armWord(0xd4000001)]);
  },
  store: (address) => Buffer.concat([armMove(9, address), armWord(0xf9000000 | (9 << 5))]),
  fetch: (address) => Buffer.concat([armMove(9, address), armWord(0xf9400000 | (9 << 5))]),
  jump: (when, address, from, to) => {
    if (when !== "differs") return armJump(when, (to - from) / 4);
    // ldr x10, [x9]; cmp x0, x10
    const compare = Buffer.concat([armMove(9, address), armWord(0xf9400000 | (9 << 5) | 10), armWord(0xeb0a001f)]);
    return Buffer.concat([compare, armJump(when, (to - from - compare.length) / 4)]);
  },
};

/** `b`, `tbnz x0, #63`, `cbz x0`, `b.ne`, with the distance in words. */
function armJump(when: Condition, words: number): Buffer {
  const forms: Readonly<Record<Condition, readonly [number, number, number]>> = {
    always: [0x14000000, 26, 0],
    negative: [0xb7f80000, 14, 5],
    zero: [0xb4000000, 19, 5],
    differs: [0x54000001, 19, 5],
  };
  const [opcode, bits, shift] = forms[when];
  if (Math.abs(words) >= 2 ** (bits - 1)) throw new Error("a jump too far");
  return armWord(opcode | ((words & (2 ** bits - 1)) << shift));
}

/** `movz` and three `movk`, sixteen bits each. */
function armMove(register: number, value: bigint): Buffer {
  const part = (index: number) => Number(BigInt.asUintN(16, value >> BigInt(16 * index)));
  return Buffer.concat(
    [0, 1, 2, 3].map((index) =>
      armWord((index === 0 ? 0xd2800000 : 0xf2800000) | (index << 21) | (part(index) << 5) | register),
    ),
  );
}

function armWord(word: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(word >>> 0);
  return bytes;
}

/** By the names of `process.arch`. */
const architectures: Readonly<Record<string, Architecture>> = { x64, arm64 };

/** Whether programs can be written for this `process.arch`. */
export function isKnownArchitecture(arch: string): boolean {
  return Object.hasOwn(architectures, arch);
}

/**
 * Code for an architecture.
 *
 * @param dataAddress - where the data will be, once the code's length in bytes is known
 */
export function assemble(arch: string, steps: readonly Step[], dataAddress: (codeBytes: number) => bigint): Buffer {
  const known = architectures[arch];
  if (known === undefined) throw new Error(`no machine code for ${arch}`);
  const labels = new Map<string, number>();
  let at = 0;
  for (const step of steps) {
    if (step.kind === "label") labels.set(step.name, at);
    at += encode(known, step, 0n, 0, () => 0).length;
  }
  const address = dataAddress(at);
  at = 0;
  return Buffer.concat(
    steps.map((step) => {
      const bytes = encode(known, step, address, at, (name) => {
        const to = labels.get(name);
        if (to === undefined) throw new Error(`no label ${name}`);
        return to;
      });
      at += bytes.length;
      return bytes;
    }),
  );
}

/** The ELF number of an architecture. */
export function elfMachineOf(arch: string): number {
  return architectures[arch]?.elfMachine ?? 0;
}

function encode(known: Architecture, step: Step, data: bigint, from: number, find: (name: string) => number): Buffer {
  switch (step.kind) {
    case "label":
      return Buffer.alloc(0);
    case "store":
      return known.store(data + BigInt(step.at));
    case "fetch":
      return known.fetch(data + BigInt(step.at));
    case "jump":
      return known.jump(step.when, data + BigInt(step.at ?? 0), from, find(step.to));
    case "call":
      return known.call(
        systemCalls[step.name],
        step.operands.map((operand) => resolve(operand, data)),
      );
  }
}

function resolve(operand: Operand, data: bigint): Resolved {
  if (typeof operand !== "object") return { value: BigInt(operand), load: false };
  if ("address" in operand) return { value: data + BigInt(operand.address), load: false };
  return { value: data + BigInt(operand.load), load: true };
}
