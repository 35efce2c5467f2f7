/** In what way a log is not what was written. */
export type FindingCode =
  /** A line is no entry: not JSON, not of the schema, not canonical, not UTF-8. */
  | "unreadable"
  /** The last record has no end: a crash, or somebody who cut the file. Recovery on start removes and records it. */
  | "torn"
  /** The store keeps an entry under another writer or number than the entry itself has. */
  | "misfiled"
  /** Entries are not there. */
  | "missing"
  /** An entry stands where it does not belong: twice, or after later ones. */
  | "misplaced"
  /** An entry is not the one that the next one was chained to. */
  | "changed"
  /** The chain holds, but is not the one that a checkpoint names. */
  | "rewritten"
  /** A checkpoint is no signed note of ours, or not signed by the key. */
  | "checkpoint"
  /** Checkpoints do not follow from one another. */
  | "history"
  /** The witness knows more than the log, or something else. */
  | "rolled_back";

/** One place where the log is not what was written; of a writer's chain only the first is told. */
export type Finding = {
  readonly code: FindingCode;
  /** Null where it cannot be said whose. */
  readonly writer: string | null;
  /** The entry's number; null where it is not about one. */
  readonly seq: number | null;
  /** The line of the file, from 1, where the log is one. */
  readonly row?: number;
  readonly message: string;
};

/** One line on one finding. */
export function findingText({ code, writer, seq, row, message }: Finding): string {
  const where = [
    ...(writer === null ? [] : [`writer ${writer}`]),
    ...(seq === null ? [] : [`entry ${seq}`]),
    ...(row === undefined ? [] : [`line ${row}`]),
  ];
  return `${[code, ...where].join(", ")}: ${message}`;
}

/** By writer, then by number; what belongs to no writer comes first. */
export function sortedFindings(findings: readonly Finding[]): Finding[] {
  const key = ({ writer }: Finding) => writer ?? "";
  return findings.toSorted((a, b) => compare(key(a), key(b)) || (a.seq ?? a.row ?? 0) - (b.seq ?? b.row ?? 0));
}

/** By code unit, the same in every locale. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
