import type { ChainRecord } from "./checkpoint.js";
import { parseRecordLine } from "./checkpoint.js";
import { type CheckpointHistory, readCheckpoint } from "./checkpoint-history.js";
import type { Finding } from "./finding.js";
import { rootOfLeaves } from "./merkle.js";
import type { CheckpointVerifier } from "./signed-note.js";

/** A place that the log's writer cannot rewrite, where checkpoints are kept as well. */
export interface Witness {
  /** What it is called in findings: a file, an address. */
  readonly name: string;
  /** Returns when the witness has it durably. */
  publish(note: string): Promise<void>;
  /** The newest checkpoint that it was given; null where it was given none. */
  latest(): Promise<string | null>;
}

/** What a witness says of a log. */
export type Testimony = {
  readonly findings: readonly Finding[];
  readonly notes: readonly string[];
  /** What the witness' newest checkpoint says of writers. */
  readonly records: readonly ChainRecord[];
};

/**
 * Holds the log's checkpoints against the newest that the witness was given: that one must be among them.
 *
 * @param verifiers - null where signatures shall not be looked at
 */
export async function hearWitness(
  witness: Witness,
  history: CheckpointHistory,
  verifiers: readonly CheckpointVerifier[] | null,
): Promise<Testimony> {
  const note = await witness.latest();
  if (note === null) return { findings: [], notes: [`the witness ${witness.name} knows no checkpoint`], records: [] };
  const read = readCheckpoint(note, verifiers);
  if (!read.ok) {
    const message = `the witness ${witness.name} has a checkpoint that is not good: ${read.error}`;
    return { findings: [{ code: "checkpoint", writer: null, seq: null, message }], notes: [], records: [] };
  }
  const fault = rollbackFault(history, read.value);
  const records = read.value.lines.map(parseRecordLine).flatMap((record) => (record.ok ? [record.value] : []));
  const message = `the witness ${witness.name} ${fault}`;
  const findings: Finding[] = fault === undefined ? [] : [{ code: "rolled_back", writer: null, seq: null, message }];
  const behind = history.leaves.length - read.value.size;
  const notes = behind > 0 ? [`the witness ${witness.name} lacks the last ${behind} records of checkpoints`] : [];
  return { findings, notes, records };
}

/**
 * What a witness' checkpoint shows of the log's own: that they end before it, or are not the ones it was made of.
 *
 * @requirement SBX-50
 */
export function rollbackFault(
  { leaves }: Pick<CheckpointHistory, "leaves">,
  { size, root }: { readonly size: number; readonly root: string },
): string | undefined {
  if (size > leaves.length)
    return `knows ${size} records of checkpoints, the log has ${leaves.length}: it is an older one`;
  return rootOfLeaves(leaves, 0, size) === root ? undefined : `knows other checkpoints of the first ${size} records`;
}
