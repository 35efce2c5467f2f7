import { hash } from "node:crypto";
import { err, ok, type Result } from "../model/index.js";
import type { AuditProof, EntryProof } from "./audit-proof.js";
import { emptyHead } from "./chain.js";
import { type GrownHead, headOf } from "./checkpoint.js";
import { type CheckpointHistory, type PlacedRecord, readHistory } from "./checkpoint-history.js";
import { type Finding, findingText } from "./finding.js";
import { growTo } from "./make-checkpoint.js";
import { emptyFrontier, hexOf, inclusionPath, inclusionRanges, leafOfSha256 } from "./merkle.js";
import type { AuditLog, StoredEntry } from "./ports.js";
import type { CheckpointVerifier } from "./signed-note.js";
import { SubtreeRoots } from "./subtree-roots.js";

/** What proving reads of a log. */
export type ProvableLog = Pick<AuditLog, "about" | "entries" | "checkpoints">;

/**
 * Proves what the log has about an execution or an approval: each entry's way up to the newest checkpoint. Of the writer's
 * chain only what lies between the two checkpoints around the entry is read.
 *
 * @returns on failure one sentence: nothing is there, no checkpoint covers it yet, or the log does not hold
 */
export async function prove(
  log: ProvableLog,
  id: string,
  verifiers: readonly CheckpointVerifier[] | null,
): Promise<Result<AuditProof, string>> {
  const stored = await log.about(id);
  if (stored.length === 0) return err(`nothing is recorded about ${id}`);
  const history = readHistory(await log.checkpoints(), verifiers);
  const [fault] = history.findings;
  if (fault !== undefined) return err(findingText(fault));
  const { newest } = history;
  if (newest === null) return err("there is no checkpoint yet; make one with: lockkeeper audit checkpoint");
  const entries: EntryProof[] = [];
  for (const entry of stored) {
    const proof = await proveEntry(log, entry, history);
    if (!proof.ok) return proof;
    entries.push(proof.value);
  }
  return ok({ schema: "lockkeeper/audit-proof/v1", id, entries, checkpoint: newest });
}

async function proveEntry(
  log: Pick<AuditLog, "entries">,
  { writer, seq, line }: StoredEntry,
  { records, leaves }: CheckpointHistory,
): Promise<Result<EntryProof, string>> {
  const own = records.filter(({ record }) => record.writer === writer);
  const covering = own.filter(({ record }) => record.seq >= seq).reduce(lower, undefined);
  if (covering === undefined) {
    return err(`no checkpoint covers entry ${seq} of writer ${writer} yet; make one with: lockkeeper audit checkpoint`);
  }
  const base = baseFor(own, writer, seq);
  const ranges = inclusionRanges(seq - 1, covering.record.seq);
  const subtrees = new SubtreeRoots(ranges, base.frontier);
  let proven: string | undefined;
  let at = base.seq;
  const grown = await growTo(base, covering.record.seq, log.entries({ writer, afterSeq: base.seq }), (text) => {
    at += 1;
    if (at === seq) proven = text;
    subtrees.leaf(leafOfSha256(hash("sha256", text, "hex")));
  });
  if (!grown.ok) return err(findingText(grown.error));
  if (grown.value.sha256 !== covering.record.sha256 || proven !== line)
    return err(changed(writer, covering.record.seq));
  return ok({
    line,
    path: subtrees.roots().map(hexOf),
    record: covering.line,
    record_index: covering.index,
    record_path: inclusionPath(leaves, covering.index).map(hexOf),
  });
}

/** Where reading may begin: the last record before the entry, whose trees stand for what it covers. */
function baseFor(own: readonly PlacedRecord[], writer: string, seq: number): GrownHead {
  const before = own.filter(({ record }) => record.seq < seq).toSorted((a, b) => b.record.seq - a.record.seq)[0];
  return before === undefined ? { ...emptyHead(writer), frontier: emptyFrontier } : headOf(before.record);
}

function lower(best: PlacedRecord | undefined, one: PlacedRecord): PlacedRecord {
  return best === undefined || one.record.seq < best.record.seq ? one : best;
}

function changed(writer: string, seq: number): string {
  const finding: Finding = {
    code: "rewritten",
    writer,
    seq,
    message: "the log is not what the checkpoint was made of",
  };
  return findingText(finding);
}
