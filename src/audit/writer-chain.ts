import { hash } from "node:crypto";
import { emptyHead, type Head } from "./chain.js";
import type { Finding } from "./finding.js";
import type { Frame } from "./frame.js";
import type { Anchor, KnownChain } from "./known-chain.js";
import type { LogLine } from "./log-line.js";
import { GrowingTree, type TreeHash } from "./merkle.js";
import { readEntry } from "./read-entry.js";

/** What is wrong with an entry as the next of its chain. */
export type LinkFault = "missing" | "misplaced" | "changed";

/**
 * Holds an entry against the head that it must follow.
 *
 * @requirement SBX-50
 */
export function linkFault(head: Head, { seq, prevSha256 }: Pick<Frame, "seq" | "prevSha256">): LinkFault | undefined {
  if (seq > head.seq + 1) return "missing";
  if (seq < head.seq + 1) return "misplaced";
  return prevSha256 === head.sha256 ? undefined : "changed";
}

/**
 * Holds a chain against what a checkpoint says of it at the same number: its head, and the tree over all of it.
 *
 * @requirement SBX-50
 */
export function agrees(anchor: Anchor, sha256: string, root: TreeHash): boolean {
  return anchor.sha256 === sha256 && anchor.root === root;
}

/** The first place where a chain is not what was written. */
export type Fault = Pick<Finding, "code" | "message" | "row"> & { readonly seq: number };

/** One writer's chain while it is read. After the first fault it says nothing more. */
export class WriterChain {
  readonly firstSeq: number;
  #head: Head;
  #last: LogLine | undefined;
  /** An entry that the one after it was not chained to: one of the two was changed, and the next one tells which. */
  #doubt: LogLine | undefined;
  /** Up to here a checkpoint, the archive or the chain's beginning says that everything is as it was. */
  #proven: number;
  #good = 0;
  #atMs = 0;
  #nextAnchor = 0;
  readonly #tree: GrowingTree;
  readonly #anchors: readonly Anchor[];

  /** @param firstSeq - of the first entry that is there: where it follows a base, the chain begins after it */
  constructor(writer: string, firstSeq: number, { anchors, bases }: KnownChain) {
    const base = bases.find(({ seq }) => seq === firstSeq - 1);
    this.firstSeq = firstSeq;
    this.#head = base === undefined ? emptyHead(writer) : { writer, seq: base.seq, sha256: base.sha256 };
    this.#tree = new GrowingTree(base?.frontier);
    this.#proven = this.#head.seq;
    this.#anchors = anchors.filter(({ seq }) => seq > this.#proven);
  }

  /** The last entry that was taken. */
  get head(): Head {
    return this.#head;
  }

  /** Entries that hold together, up to the first place where something is wrong. */
  get good(): number {
    return this.#good;
  }

  /** The last entry that a checkpoint names and that is there. */
  get anchoredSeq(): number {
    return this.#proven;
  }

  /** When the last entry was written, by its writer's clock. */
  get atMs(): number {
    return this.#atMs;
  }

  /** Takes the next entry. */
  take(frame: Frame, line: LogLine): Fault | undefined {
    if (this.#doubt !== undefined) return this.#settled(this.#doubt, frame.prevSha256 === this.#head.sha256);
    const { seq } = frame;
    const found = linkFault(this.#head, frame);
    if (found !== undefined && (found !== "changed" || this.#head.seq === this.#proven)) {
      return this.#linkFaultAt(found, seq, line);
    }
    if (found === "changed") this.#doubt = this.#last;
    this.#head = { writer: this.#head.writer, seq, sha256: hash("sha256", line.line, "hex") };
    this.#last = line;
    this.#atMs = frame.atMs;
    if (this.#doubt !== undefined) return undefined;
    const fault = this.#anchorFault(line);
    if (fault === undefined) this.#good += 1;
    return fault;
  }

  /** Ends the chain: what is missing behind its last entry, and whether that one is an entry through and through. */
  end(): Fault | undefined {
    const { seq } = this.#head;
    if (this.#doubt !== undefined) {
      const message = `entry ${seq} was chained to something else, or was changed itself`;
      return faultAt("changed", seq - 1, this.#doubt, message);
    }
    const unread = this.#last === undefined ? undefined : fullFault(seq, this.#last);
    if (unread !== undefined) return unread;
    if (this.#nextAnchor >= this.#anchors.length) return undefined;
    const message = `the chain ends with entry ${seq}, and a checkpoint names entry ${this.#anchors.at(-1)?.seq}`;
    return { code: "missing", seq: seq + 1, message };
  }

  #linkFaultAt(fault: LinkFault, seq: number, line: LogLine): Fault {
    const { seq: last } = this.#head;
    if (fault === "missing") {
      const gap =
        last + 1 === seq - 1 ? `entry ${last + 1} is not there` : `entries ${last + 1} to ${seq - 1} are not there`;
      return faultAt(fault, last + 1, line, `${gap}; entry ${seq} comes next`);
    }
    if (fault === "misplaced") return faultAt(fault, seq, line, `it comes after entry ${last}, twice or out of order`);
    return faultAt(fault, seq, line, "its prev_sha256 is not the hash of what is before it");
  }

  /** Says which of two entries was changed: the earlier, if others were chained to the later as it is. */
  #settled(doubt: LogLine, isLaterGood: boolean): Fault {
    const { seq } = this.#head;
    if (isLaterGood) {
      return faultAt("changed", seq - 1, doubt, `entry ${seq} was chained to something else than what is here now`);
    }
    const message = "neither does it follow the entry before it, nor was the next one chained to it";
    return faultAt("changed", seq, this.#last ?? doubt, message);
  }

  #anchorFault(line: LogLine): Fault | undefined {
    // Where no checkpoint comes any more, nobody asks for the tree.
    if (this.#nextAnchor >= this.#anchors.length) return undefined;
    const { seq, sha256 } = this.#head;
    this.#tree.appendSha256(sha256);
    for (let anchor = this.#anchors[this.#nextAnchor]; anchor?.seq === seq; anchor = this.#anchors[this.#nextAnchor]) {
      if (!agrees(anchor, sha256, this.#tree.root())) {
        const from = this.#proven + 1;
        const which = from === seq ? "it is" : `entries ${from} to ${seq} are`;
        const message = `${which} chained well, but not what a checkpoint was made of`;
        return faultAt("rewritten", from, line, message);
      }
      this.#nextAnchor += 1;
      this.#proven = seq;
    }
    return undefined;
  }
}

/** What is wrong with a line that is read in full. */
export function fullFault(seq: number, line: LogLine): Fault | undefined {
  const entry = readEntry(line.line);
  return entry.ok ? undefined : faultAt("unreadable", seq, line, entry.error);
}

/** A fault at the line's place. */
export function faultAt(code: Finding["code"], seq: number, { row }: LogLine, message: string): Fault {
  return { code, seq, message, ...(row === undefined ? {} : { row }) };
}
