import { readEntry } from "./read-entry.js";

/** What chains an entry, taken from its line. `atMs` is only good enough for notes on clocks. */
export type Frame = {
  readonly writer: string;
  readonly seq: number;
  readonly prevSha256: string;
  readonly atMs: number;
};

/** The keys of a canonical line stand in one order, so what chains it stands together; two kinds have something between. */
const link =
  /"prev_sha256":"([0-9a-f]{64})",(?:"reason":(?:null|"[a-z0-9_/]*"),|"roles":\[[A-Za-z0-9_",-]*\],)?"schema":"lockkeeper\/audit-entry\/v1","seq":([1-9][0-9]{0,15}),/;
const linkStart = '"prev_sha256":"';
const tail = ',"writer":"';

/**
 * Takes what chains an entry out of its line. Reading a line in full takes a hundred times as long as hashing it, so that is
 * done only where the short way is not certain: where the line has what looks like a second link inside it, or none.
 *
 * @returns undefined where the line is no entry
 */
export function frameOf(line: string): Frame | undefined {
  return shortFrame(line) ?? fullFrame(line);
}

function shortFrame(line: string): Frame | undefined {
  const found = link.exec(line);
  if (found === null || line.lastIndexOf(linkStart) !== found.index) return undefined;
  const named = line.lastIndexOf(tail);
  if (named < found.index || !line.startsWith("{") || !line.endsWith('"}')) return undefined;
  const writer = line.slice(named + tail.length, -2);
  if (writer.length > 64 || /["\\]/.test(writer)) return undefined;
  const [, prevSha256 = "", seq = ""] = found;
  return { writer, seq: Number(seq), prevSha256, atMs: Number(/"at_ms":([0-9]+)/.exec(line)?.[1] ?? Number.NaN) };
}

function fullFrame(line: string): Frame | undefined {
  const entry = readEntry(line);
  if (!entry.ok) return undefined;
  const { writer, seq, prev_sha256, at_ms } = entry.value;
  return { writer, seq, prevSha256: prev_sha256, atMs: at_ms };
}
