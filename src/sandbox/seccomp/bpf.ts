/**
 * Classic BPF for seccomp: one run of comparisons for each check, over `struct seccomp_data`.
 *
 * @see https://www.kernel.org/doc/html/latest/userspace-api/seccomp_filter.html
 */
import type { CallNumbers } from "./call-numbers.js";

/** What of a call is refused. Arguments are compared by their lower 32 bits, which is what the kernel reads of these. */
export type Refusal =
  | "always"
  | { readonly argument: number; readonly kind: "any-bit" | "no-bit"; readonly value: number }
  | { readonly argument: number; readonly kind: "none-of"; readonly values: readonly number[] }
  | {
      readonly argument: number;
      readonly kind: "one-of";
      readonly values: readonly number[];
      /** Refused only where this argument is anything else. */
      readonly and?: { readonly argument: number; readonly value: number };
    };

/** One refusal, with the error that the caller sees. */
export type Check = { readonly call: string; readonly errno: number; readonly refuse: Refusal };

/** `struct sock_filter`. */
type Instruction = { readonly code: number; readonly jt: number; readonly jf: number; readonly k: number };

const load = 0x20;
const jumpEqual = 0x15;
const jumpAtLeast = 0x35;
const jumpBits = 0x45;
const give = 0x06;

const killProcess = 0x80000000;
const allow = 0x7fff0000;
const refuse = (errno: number) => 0x00050000 | errno;

const numberOffset = 0;
const archOffset = 4;
const argumentOffset = (index: number) => 16 + 8 * index;

/** The program in the bytes that the kernel reads. */
export function assembleFilter(arch: CallNumbers, checks: readonly Check[]): Buffer {
  const instructions: Instruction[] = [
    { code: load, jt: 0, jf: 0, k: archOffset },
    { code: jumpEqual, jt: 1, jf: 0, k: arch.audit },
    { code: give, jt: 0, jf: 0, k: killProcess },
    { code: load, jt: 0, jf: 0, k: numberOffset },
    ...(arch.foreignFrom === null ? [] : foreign(arch.foreignFrom)),
    ...checks.flatMap((check) => checked(arch.numbers[check.call], check)),
    { code: give, jt: 0, jf: 0, k: allow },
  ];
  const bytes = Buffer.alloc(8 * instructions.length);
  for (const [index, { code, jt, jf, k }] of instructions.entries()) {
    bytes.writeUInt16LE(code, 8 * index);
    bytes.writeUInt8(jt, 8 * index + 2);
    bytes.writeUInt8(jf, 8 * index + 3);
    bytes.writeUInt32LE(k >>> 0, 8 * index + 4);
  }
  return bytes;
}

function foreign(from: number): Instruction[] {
  return [
    { code: jumpAtLeast, jt: 0, jf: 1, k: from },
    { code: give, jt: 0, jf: 0, k: killProcess },
  ];
}

/** Skips its own body where the number is another; the accumulator holds the number before and after. */
function checked(number: number | undefined, { errno, refuse: refusal }: Check): Instruction[] {
  if (number === undefined) return [];
  const refused: Instruction = { code: give, jt: 0, jf: 0, k: refuse(errno) };
  if (refusal === "always") return [{ code: jumpEqual, jt: 0, jf: 1, k: number }, refused];
  const again: Instruction = { code: load, jt: 0, jf: 0, k: numberOffset };
  const body = [
    { code: load, jt: 0, jf: 0, k: argumentOffset(refusal.argument) },
    ...compared(refusal),
    refused,
    again,
  ];
  return [{ code: jumpEqual, jt: 0, jf: body.length, k: number }, ...body];
}

/** Falls through to the refusal, or jumps over it. */
function compared(refusal: Exclude<Refusal, "always">): Instruction[] {
  switch (refusal.kind) {
    case "any-bit":
      return [{ code: jumpBits, jt: 0, jf: 1, k: refusal.value }];
    case "no-bit":
      return [{ code: jumpBits, jt: 1, jf: 0, k: refusal.value }];
    case "none-of":
      return refusal.values.map((k, index) => ({ code: jumpEqual, jt: refusal.values.length - index, jf: 0, k }));
    case "one-of":
      return [...matched(refusal.values, refusal.and === undefined ? 1 : 3), ...exempted(refusal.and)];
  }
}

/** Goes on where one of the values is there, else jumps `rest` further. */
function matched(values: readonly number[], rest: number): Instruction[] {
  return values.map((k, index) => {
    const after = values.length - index - 1;
    return { code: jumpEqual, jt: after, jf: index === values.length - 1 ? rest : 0, k };
  });
}

function exempted(and: { readonly argument: number; readonly value: number } | undefined): Instruction[] {
  if (and === undefined) return [];
  return [
    { code: load, jt: 0, jf: 0, k: argumentOffset(and.argument) },
    { code: jumpEqual, jt: 1, jf: 0, k: and.value },
  ];
}
