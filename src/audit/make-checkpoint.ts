import { hash } from "node:crypto";
import { err, ok, type Result } from "../model/index.js";
import { emptyHead, type Head } from "./chain.js";
import { type ChainRecord, type GrownHead, headOf, leafOfRecord, recordLine, signCheckpoint } from "./checkpoint.js";
import { type CheckpointHistory, readHistory } from "./checkpoint-history.js";
import type { Finding } from "./finding.js";
import { frameOf } from "./frame.js";
import { emptyFrontier, GrowingTree } from "./merkle.js";
import type { AuditLog, StoredEntry } from "./ports.js";
import type { CheckpointSigner, CheckpointVerifier } from "./signed-note.js";
import { hearWitness, type Witness } from "./witness.js";
import { linkFault } from "./writer-chain.js";

/** With what a checkpoint is made. */
export type CheckpointMaking = {
  readonly signer: CheckpointSigner;
  /** The keys that earlier checkpoints may be signed by, the signer's own among them. */
  readonly verifiers: readonly CheckpointVerifier[];
  readonly witnesses: readonly Witness[];
  readonly nowMs: number;
};

/** What was made. */
export type MadeCheckpoint = {
  /** Null where there was nothing new since the last one. */
  readonly note: string | null;
  readonly records: number;
  /** Witnesses that could not be told, with the reason; the next checkpoint tells them of this one, too. */
  readonly untold: readonly string[];
};

/**
 * Makes a checkpoint over how far every writer has come, adds it to the log, and tells the witnesses. Reads only what is new
 * since the last one. One process at a time makes checkpoints of a log.
 *
 * @returns on failure what is wrong with the log: a checkpoint must not vouch for what does not follow from the last one
 * @throws where the log or a witness cannot be asked
 */
export async function makeCheckpoint(
  log: AuditLog,
  making: CheckpointMaking,
): Promise<Result<MadeCheckpoint, readonly Finding[]>> {
  const before = await soundHistory(log, making);
  if (!before.ok) return before;
  const lines = await newRecords(log, before.value, making.nowMs);
  if (!lines.ok) return lines;
  return ok(await addRecords(log, before.value, lines.value, making));
}

/** The checkpoints so far, if they hold, and if no witness knows others. */
export async function soundHistory(
  log: Pick<AuditLog, "checkpoints">,
  { verifiers, witnesses }: Pick<CheckpointMaking, "verifiers" | "witnesses">,
): Promise<Result<CheckpointHistory, readonly Finding[]>> {
  const history = readHistory(await log.checkpoints(), verifiers);
  const findings = [...history.findings];
  for (const witness of witnesses) findings.push(...(await hearWitness(witness, history, verifiers)).findings);
  return findings.length === 0 ? ok(history) : err(findings);
}

/** Signs a checkpoint that grows out of the last one by these records, adds it, and tells the witnesses. */
export async function addRecords(
  log: Pick<AuditLog, "addCheckpoint">,
  { leaves, count }: CheckpointHistory,
  lines: readonly string[],
  { signer, witnesses }: CheckpointMaking,
): Promise<MadeCheckpoint> {
  if (lines.length === 0) return { note: null, records: 0, untold: [] };
  const tree = new GrowingTree();
  for (const leaf of [...leaves, ...lines.map(leafOfRecord)]) tree.append(leaf);
  const note = signCheckpoint({ origin: signer.name, size: tree.size, root: tree.root(), lines }, signer);
  // To the log first: a witness that knew more than the log would look like a log that was rolled back.
  await log.addCheckpoint(note, count);
  const untold: string[] = [];
  for (const witness of witnesses) {
    await witness.publish(note).catch((error: unknown) => untold.push(`${witness.name}: ${String(error)}`));
  }
  return { note, records: lines.length, untold };
}

async function newRecords(
  log: AuditLog,
  { records }: CheckpointHistory,
  nowMs: number,
): Promise<Result<readonly string[], readonly Finding[]>> {
  const known = newestHeads(records.map(({ record }) => record));
  const heads = await log.heads();
  const gone = goneFindings(
    heads,
    records.map(({ record }) => record),
    known,
  );
  if (gone.length > 0) return err(gone);
  const lines: string[] = [];
  for (const { writer, seq } of heads) {
    const from = known.get(writer) ?? { ...emptyHead(writer), frontier: emptyFrontier };
    if (seq <= from.seq) continue;
    const grown = await growTo(from, seq, log.entries({ writer, afterSeq: from.seq }));
    if (!grown.ok) return err([grown.error]);
    lines.push(recordLine(grown.value, nowMs, null));
  }
  return ok(lines);
}

/** Writers whose chain has not come as far as a checkpoint says, or is another. What is archived may be missing. */
function goneFindings(
  heads: readonly Head[],
  records: readonly ChainRecord[],
  known: ReadonlyMap<string, GrownHead>,
): Finding[] {
  const archived = new Map(records.filter(({ archive }) => archive !== null).map(({ writer, seq }) => [writer, seq]));
  return [...known.values()].flatMap(({ writer, seq, sha256 }): Finding[] => {
    const head = heads.find((one) => one.writer === writer) ?? emptyHead(writer);
    if ((head.seq === 0 && archived.get(writer) === seq) || head.seq > seq) return [];
    if (head.seq === seq && head.sha256 === sha256) return [];
    const [code, at] = head.seq === seq ? (["rewritten", seq] as const) : (["missing", head.seq + 1] as const);
    return [{ code, writer, seq: at, message: `a checkpoint names its entry ${seq}, which is not what is there` }];
  });
}

/** By writer, the farthest head that records tell of. */
export function newestHeads(records: readonly Parameters<typeof headOf>[0][]): Map<string, GrownHead> {
  const newest = new Map<string, GrownHead>();
  for (const record of records) {
    if ((newest.get(record.writer)?.seq ?? 0) <= record.seq) newest.set(record.writer, headOf(record));
  }
  return newest;
}

/**
 * Follows a chain from a head to a later entry, growing the tree over it.
 *
 * @param seq - above that of `from`
 * @param seen - told each line that was followed
 * @returns on failure the first place where the chain does not hold
 */
export async function growTo(
  from: GrownHead,
  seq: number,
  entries: AsyncIterable<StoredEntry>,
  seen: (line: string) => void | Promise<void> = () => undefined,
): Promise<Result<GrownHead, Finding>> {
  const { writer } = from;
  const tree = new GrowingTree(from.frontier);
  let head = { writer, seq: from.seq, sha256: from.sha256 };
  const fault = (code: Finding["code"], at: number, message: string) => err({ code, writer, seq: at, message });
  for await (const { line } of entries) {
    const frame = frameOf(line);
    const next = head.seq + 1;
    if (frame === undefined || frame.writer !== writer)
      return fault("unreadable", next, "it is no entry of this writer");
    const found = linkFault(head, frame);
    if (found !== undefined) return fault(found, next, `entry ${frame.seq} does not follow entry ${head.seq}`);
    head = { writer, seq: next, sha256: hash("sha256", line, "hex") };
    tree.appendSha256(head.sha256);
    await seen(line);
    if (next === seq) return ok({ ...head, frontier: tree.frontier() });
  }
  return fault("missing", head.seq + 1, `the chain ends before entry ${seq}`);
}
