import { err, ok, type Result } from "../model/index.js";

/** A file in an archive. */
export type TarEntry = { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> };

const block = 512;
const nameBytes = 100;

/**
 * Writes a POSIX ustar archive of plain files: no owner, no time, so that the same files give the same bytes.
 * Names are at most 100 bytes of ASCII.
 */
export function writeTar(entries: readonly TarEntry[]): Buffer<ArrayBuffer> {
  const parts = entries.flatMap(({ name, bytes }) => {
    const padding = Buffer.alloc((block - (bytes.length % block)) % block);
    return [headerOf(name, bytes.length), bytes, padding];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * block)]);
}

function headerOf(name: string, size: number): Buffer {
  if (Buffer.byteLength(name) > nameBytes) throw new Error(`the name is too long for a tar archive: ${name}`);
  const header = Buffer.alloc(block);
  header.write(name, 0);
  header.write("0000644\0", 100);
  header.write("0000000\0", 108);
  header.write("0000000\0", 116);
  header.write(`${size.toString(8).padStart(11, "0")}\0`, 124);
  header.write("00000000000\0", 136);
  header.write("        ", 148);
  header.write("0", 156);
  header.write("ustar\0", 257);
  header.write("00", 263);
  header.write(`${checksumOf(header).toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}

/** The sum of a header's bytes with its own field taken as spaces. */
function checksumOf(header: Uint8Array): number {
  return header.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 32 : byte), 0);
}

/**
 * Reads an archive's plain files. Anything else in it (links, devices, extended headers) is an error, as is a damaged
 * header, a name given twice, or an end before the end.
 */
export function readTar(
  archive: Uint8Array<ArrayBuffer>,
): Result<ReadonlyMap<string, Uint8Array<ArrayBuffer>>, string> {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (let at = 0; at + block <= archive.length; ) {
    const header = archive.subarray(at, at + block);
    if (header.every((byte) => byte === 0)) return ok(files);
    const entry = readHeader(header);
    if (!entry.ok) return entry;
    const { name, size } = entry.value;
    const start = at + block;
    if (start + size > archive.length) return err(`${name} ends after the archive does`);
    if (files.has(name)) return err(`${name} is in the archive twice`);
    files.set(name, archive.subarray(start, start + size));
    at = start + Math.ceil(size / block) * block;
  }
  return err("the archive has no end");
}

function readHeader(header: Uint8Array): Result<{ name: string; size: number }, string> {
  const field = (from: number, length: number) =>
    Buffer.from(header.subarray(from, from + length))
      .toString("latin1")
      .replace(/\0.*$/s, "")
      .trim();
  const octal = (from: number, length: number) => {
    const text = field(from, length);
    return /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : Number.NaN;
  };
  if (octal(148, 8) !== checksumOf(header)) return err("a header is damaged");
  const name = field(0, nameBytes).replace(/^(\.?\/)+/, "");
  const kind = header[156];
  if (kind !== 0 && kind !== 0x30) return err(`${name} is not a plain file`);
  const size = octal(124, 12);
  return Number.isSafeInteger(size) && name !== "" ? ok({ name, size }) : err("a header is damaged");
}
