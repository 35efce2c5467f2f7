import { err, ok, type Result } from "../model/index.js";
import {
  type ChainRecord,
  type Checkpoint,
  headOf,
  leafOfRecord,
  parseCheckpoint,
  parseRecordLine,
  rootOfRecord,
} from "./checkpoint.js";
import type { Finding } from "./finding.js";
import type { Anchor, Base, KnownChain } from "./known-chain.js";
import { GrowingTree, type TreeHash } from "./merkle.js";
import { type CheckpointVerifier, isSignedBy, parseNote } from "./signed-note.js";

/** A record with its line and where it stands among all of them, from 0. */
export type PlacedRecord = { readonly record: ChainRecord; readonly line: string; readonly index: number };

/** What all checkpoints together say. */
export type CheckpointHistory = {
  /** How many checkpoints are good, from the first on. */
  readonly count: number;
  /** The last good one, as it was signed. */
  readonly newest: string | null;
  readonly records: readonly PlacedRecord[];
  readonly leaves: readonly TreeHash[];
  /** The first checkpoint that is not good. Those after it say nothing. */
  readonly findings: readonly Finding[];
};

/**
 * Reads checkpoints from the first on: each signed by one of the keys, each the tree of the one before, grown by its own records.
 *
 * @param verifiers - null where signatures shall not be looked at; then anybody may have written them
 */
export function readHistory(
  notes: readonly string[],
  verifiers: readonly CheckpointVerifier[] | null,
): CheckpointHistory {
  const tree = new GrowingTree();
  const records: PlacedRecord[] = [];
  const leaves: TreeHash[] = [];
  const last = new Map<string, number>();
  let count = 0;
  for (const note of notes) {
    const read = readCheckpoint(note, verifiers);
    const added = read.ok ? addedRecords(read.value, tree, last) : read;
    if (!added.ok) {
      const message = `checkpoint ${count + 1} of ${notes.length}: ${added.error}`;
      const finding: Finding = { code: read.ok ? "history" : "checkpoint", writer: null, seq: null, message };
      return { count, newest: notes[count - 1] ?? null, records, leaves, findings: [finding] };
    }
    for (const { record, line, leaf } of added.value) {
      records.push({ record, line, index: records.length });
      leaves.push(leaf);
    }
    count += 1;
  }
  return { count, newest: notes.at(-1) ?? null, records, leaves, findings: [] };
}

/** Reads one note: signed, and a checkpoint. @returns on failure one sentence */
export function readCheckpoint(
  note: string,
  verifiers: readonly CheckpointVerifier[] | null,
): Result<Checkpoint, string> {
  const parsed = parseNote(note);
  if (!parsed.ok) return parsed;
  const checkpoint = parseCheckpoint(parsed.value);
  if (!checkpoint.ok || verifiers === null) return checkpoint;
  if (!isSignedBy(parsed.value, verifiers)) return err("it is not signed by the key");
  const isOurs = verifiers.some(({ name }) => name === checkpoint.value.origin);
  return isOurs ? checkpoint : err(`it is of another log: ${checkpoint.value.origin}`);
}

type Added = { readonly record: ChainRecord; readonly line: string; readonly leaf: TreeHash };

/** The records of a checkpoint, if it is the tree so far, grown by them. The tree has grown then. */
function addedRecords(
  { size, root, lines }: Checkpoint,
  tree: GrowingTree,
  last: Map<string, number>,
): Result<readonly Added[], string> {
  if (size !== tree.size + lines.length) {
    return err(`it is about ${size} records, and there are ${tree.size} before it and ${lines.length} in it`);
  }
  const added: Added[] = [];
  for (const line of lines) {
    const parsed = parseRecordLine(line);
    if (!parsed.ok) return parsed;
    const { writer, seq, archive } = parsed.value;
    const before = last.get(writer) ?? 0;
    if (archive === null && seq <= before) return err(`writer ${writer} went from entry ${before} back to ${seq}`);
    if (archive !== null && seq > before)
      return err(`writer ${writer} was archived to entry ${seq}, ahead of its head`);
    last.set(writer, Math.max(before, seq));
    const leaf = leafOfRecord(line);
    tree.append(leaf);
    added.push({ record: parsed.value, line, leaf });
  }
  return root === tree.root() ? ok(added) : err("its root is not that of the records up to it");
}

/** What records say of each writer, by number. */
export function knownChains(records: readonly ChainRecord[]): ReadonlyMap<string, KnownChain> {
  const known = new Map<string, { anchors: Anchor[]; bases: Base[] }>();
  for (const record of records) {
    const { seq, sha256, frontier } = headOf(record);
    const chain = known.get(record.writer) ?? { anchors: [], bases: [] };
    known.set(record.writer, chain);
    chain.anchors.push({ seq, sha256, root: rootOfRecord(record) });
    if (record.archive !== null) chain.bases.push({ seq, sha256, frontier });
  }
  for (const { anchors, bases } of known.values()) {
    anchors.sort((a, b) => a.seq - b.seq);
    bases.sort((a, b) => a.seq - b.seq);
  }
  return known;
}
