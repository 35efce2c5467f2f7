import type { Head } from "./chain.js";
import { compare, type Finding, sortedFindings } from "./finding.js";
import { type Frame, frameOf } from "./frame.js";
import { type KnownChain, unknownChain } from "./known-chain.js";
import { type LogLine, tornRecord } from "./log-line.js";
import { readEntry } from "./read-entry.js";
import { type Fault, faultAt, fullFault, WriterChain } from "./writer-chain.js";

/** What to hold chains against, and how closely to read. */
export type ChainOptions = {
  readonly known?: ReadonlyMap<string, KnownChain>;
  /** Read every entry in full, and not only the first and the last of each writer. */
  readonly deep?: boolean;
};

/** What was read of one writer: its head, and how much of it holds. */
export type ChainSummary = Head & {
  readonly firstSeq: number;
  /** Entries that hold together, up to the first place where something is wrong. */
  readonly good: number;
  /** The last entry that a checkpoint names and that is there; what is after it could be cut off unseen. */
  readonly anchoredSeq: number;
};

/** What chains are, and where they are not what was written. */
export type ChainReport = {
  readonly entries: number;
  /** By writer. */
  readonly chains: readonly ChainSummary[];
  readonly findings: readonly Finding[];
  /** What is allowed but should be known, such as a clock that went back; once a writer. */
  readonly notes: readonly string[];
};

/** Lines without a writer that are told one by one. */
const maxUnreadable = 20;

/**
 * Reads the chains of a log, in any mixture of writers, each in its own order. What is kept grows with the number of
 * writers, not of entries.
 */
export class ChainReader {
  readonly #chains = new Map<string, WriterChain>();
  /** Writers of whom something is told already. */
  readonly #broken = new Set<string>();
  readonly #clockBack = new Set<string>();
  readonly #known: ReadonlyMap<string, KnownChain>;
  readonly #deep: boolean;
  readonly #findings: Finding[] = [];
  readonly #notes: string[] = [];
  #entries = 0;
  #unreadable = 0;

  constructor({ known = new Map(), deep = false }: ChainOptions = {}) {
    this.#known = known;
    this.#deep = deep;
  }

  /** Takes the next line. */
  push(line: LogLine): void {
    this.#entries += 1;
    const frame = line.broken === undefined ? frameOf(line.line) : undefined;
    if (frame === undefined) {
      this.#refuse(line);
      return;
    }
    const writer = line.writer ?? frame.writer;
    if (this.#broken.has(writer)) return;
    this.#tell(writer, misfiled(line, frame) ?? this.#take(writer, frame, line));
  }

  /** Ends the reading: what is missing at the end is found only now. */
  end(): ChainReport {
    for (const [writer, chain] of this.#chains) {
      if (!this.#broken.has(writer)) this.#tell(writer, chain.end());
    }
    for (const [writer, known] of this.#known) {
      if (!this.#chains.has(writer) && !this.#broken.has(writer)) this.#tell(writer, absent(known));
    }
    if (this.#unreadable > maxUnreadable) {
      this.#notes.push(`${this.#unreadable} lines are no entries; the first ${maxUnreadable} are told`);
    }
    const chains = [...this.#chains.values()].map(({ head, firstSeq, good, anchoredSeq }) => {
      return { ...head, firstSeq, good, anchoredSeq };
    });
    return {
      entries: this.#entries,
      chains: chains.sort((a, b) => compare(a.writer, b.writer)),
      findings: sortedFindings(this.#findings),
      notes: this.#notes,
    };
  }

  #take(writer: string, frame: Frame, line: LogLine): Fault | undefined {
    const { seq, atMs } = frame;
    const known = this.#chains.get(writer);
    if (this.#deep || known === undefined) {
      const fault = fullFault(seq, line);
      if (fault !== undefined) return fault;
    }
    const chain = known ?? new WriterChain(writer, seq, this.#known.get(writer) ?? unknownChain);
    if (known === undefined) this.#chains.set(writer, chain);
    else if (atMs < known.atMs) this.#noteClock(writer, seq);
    return chain.take(frame, line);
  }

  #tell(writer: string, fault: Fault | undefined): void {
    if (fault === undefined) return;
    this.#broken.add(writer);
    this.#findings.push({ ...fault, writer });
  }

  #refuse({ line, writer, seq, row, broken }: LogLine): void {
    if (writer !== undefined) {
      if (this.#broken.has(writer)) return;
      this.#broken.add(writer);
    }
    this.#unreadable += 1;
    if (this.#unreadable > maxUnreadable) return;
    const read = readEntry(line);
    const message = broken ?? (read.ok ? "it is no entry" : read.error);
    const code = broken === tornRecord ? "torn" : "unreadable";
    this.#findings.push({
      code,
      writer: writer ?? null,
      seq: seq ?? null,
      ...(row === undefined ? {} : { row }),
      message,
    });
  }

  #noteClock(writer: string, seq: number): void {
    if (this.#clockBack.has(writer)) return;
    this.#clockBack.add(writer);
    this.#notes.push(`writer ${writer}: the clock went back before entry ${seq}`);
  }
}

/** An entry that the store keeps under another writer or number than its own. */
function misfiled(line: LogLine, { writer, seq }: Frame): Fault | undefined {
  if ((line.writer ?? writer) === writer && (line.seq ?? seq) === seq) return undefined;
  return faultAt("misfiled", line.seq ?? seq, line, `the entry itself says writer ${writer}, entry ${seq}`);
}

/** A writer of whom nothing is there, though checkpoints name entries that are not archived. */
function absent({ anchors, bases }: KnownChain): Fault | undefined {
  const [wanted, archived] = [anchors.at(-1)?.seq ?? 0, bases.at(-1)?.seq ?? 0];
  if (wanted <= archived) return undefined;
  const message = `nothing of this writer is there, and a checkpoint names its entry ${wanted}`;
  return { code: "missing", seq: archived + 1, message };
}

/**
 * Verifies the chains of a log: every entry numbered from 1 without a gap, and chained to what is before it as it is stored.
 *
 * @returns findings, the first of each writer; none where everything is as it was written
 */
export async function verifyChain(lines: AsyncIterable<LogLine>, options: ChainOptions = {}): Promise<ChainReport> {
  const reader = new ChainReader(options);
  for await (const line of lines) reader.push(line);
  return reader.end();
}
