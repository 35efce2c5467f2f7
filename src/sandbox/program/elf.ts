/** A program file out of steps and data: two segments, one that runs and cannot be written, one the other way round. */
import { assemble, elfMachineOf, type Step } from "./machine.js";

const codeAddress = 0x400000n;
/** Far enough that no code reaches it; the data's offset in the file is added, so that both may share a page. */
const dataAddress = 0x10000000n;
const headerBytes = 64;
const segmentBytes = 56;

/** Data that is laid out piece by piece; each piece is at a multiple of 8 bytes, as numbers must be. */
export class ProgramData {
  readonly #pieces: Buffer[] = [];
  readonly #pointers: { readonly at: number; readonly to: number }[] = [];
  #length = 0;

  /** @returns the offset of these bytes */
  bytes(bytes: Uint8Array): number {
    const at = this.#length;
    const padded = Buffer.alloc(Math.ceil(bytes.length / 8) * 8);
    padded.set(bytes);
    this.#pieces.push(padded);
    this.#length += padded.length;
    return at;
  }

  /** Text as C has it. What would become other bytes than its own is refused: at a NUL it would be cut. */
  text(text: string): number {
    if (text.includes("\0") || !text.isWellFormed()) throw new Error("a NUL or half a character inside of an argument");
    return this.bytes(Buffer.from(`${text}\0`));
  }

  /** 64-bit numbers. */
  numbers(...numbers: readonly (number | bigint)[]): number {
    const bytes = Buffer.alloc(8 * numbers.length);
    for (const [index, value] of numbers.entries())
      bytes.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value)), 8 * index);
    return this.bytes(bytes);
  }

  /** Addresses of what is at these offsets, and a null after them: what `execve` takes. */
  pointers(offsets: readonly number[]): number {
    const at = this.numbers(...offsets.map(() => 0), 0);
    for (const [index, to] of offsets.entries()) this.#pointers.push({ at: at + 8 * index, to });
    return at;
  }

  /** The whole, as it will be at an address. */
  at(address: bigint): Buffer {
    const bytes = Buffer.concat(this.#pieces);
    for (const { at, to } of this.#pointers) bytes.writeBigUInt64LE(address + BigInt(to), at);
    return bytes;
  }
}

/**
 * A static executable for `arch`, a value of `process.arch`.
 *
 * @see https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html
 */
export function programFile(arch: string, steps: readonly Step[], data: ProgramData): Buffer {
  const codeOffset = headerBytes + 3 * segmentBytes;
  const offsetOfData = (codeBytes: number) => Math.ceil((codeOffset + codeBytes) / 16) * 16;
  const code = assemble(arch, steps, (codeBytes) => dataAddress + BigInt(offsetOfData(codeBytes)));
  const dataOffset = offsetOfData(code.length);
  const address = dataAddress + BigInt(dataOffset);
  const dataPart = data.at(address);
  const file = Buffer.alloc(dataOffset + dataPart.length);
  file.set(header(elfMachineOf(arch), codeAddress + BigInt(codeOffset)));
  file.set(segment(loadable, readExecute, 0, codeAddress, codeOffset + code.length), headerBytes);
  file.set(segment(loadable, readWrite, dataOffset, address, dataPart.length), headerBytes + segmentBytes);
  file.set(segment(stack, readWrite, 0, 0n, 0), headerBytes + 2 * segmentBytes);
  file.set(code, codeOffset);
  file.set(dataPart, dataOffset);
  return file;
}

const loadable = 1;
const stack = 0x6474e551;
const readExecute = 5;
const readWrite = 6;

function header(machine: number, entry: bigint): Buffer {
  const bytes = Buffer.alloc(headerBytes);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  bytes.writeUInt16LE(2, 16);
  bytes.writeUInt16LE(machine, 18);
  bytes.writeUInt32LE(1, 20);
  bytes.writeBigUInt64LE(entry, 24);
  bytes.writeBigUInt64LE(BigInt(headerBytes), 32);
  bytes.writeUInt16LE(headerBytes, 52);
  bytes.writeUInt16LE(segmentBytes, 54);
  bytes.writeUInt16LE(3, 56);
  return bytes;
}

function segment(type: number, flags: number, offset: number, address: bigint, length: number): Buffer {
  const bytes = Buffer.alloc(segmentBytes);
  bytes.writeUInt32LE(type, 0);
  bytes.writeUInt32LE(flags, 4);
  bytes.writeBigUInt64LE(BigInt(offset), 8);
  bytes.writeBigUInt64LE(address, 16);
  bytes.writeBigUInt64LE(address, 24);
  bytes.writeBigUInt64LE(BigInt(length), 32);
  bytes.writeBigUInt64LE(BigInt(length), 40);
  bytes.writeBigUInt64LE(0x10000n, 48);
  return bytes;
}
