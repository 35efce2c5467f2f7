import { hash } from "node:crypto";
import Type, { type Static } from "typebox";
import { type AuditEntry, err, ok, parserOf, type Result } from "../model/index.js";
import { leafOfRecord, parseRecordLine, rootOfRecord } from "./checkpoint.js";
import { readCheckpoint } from "./checkpoint-history.js";
import { fromHex, leafOfSha256, rootFromInclusion } from "./merkle.js";
import { readEntry } from "./read-entry.js";
import type { CheckpointVerifier } from "./signed-note.js";

const closed = { additionalProperties: false } as const;
const Path = Type.Array(Type.String({ pattern: "^[0-9a-f]{64}$" }), { maxItems: 64 });

/** What shows that one entry is under the checkpoint. */
export const EntryProof = Type.Object(
  {
    /** The entry as stored. */
    line: Type.String({ maxLength: 16_777_216 }),
    /** From the entry to the root over its writer's entries, which the record names. RFC 9162, 2.1.3. */
    path: Path,
    /** The record of how far the writer's chain had come, as stored. */
    record: Type.String({ maxLength: 65_536 }),
    record_index: Type.Integer({ minimum: 0 }),
    /** From the record to the checkpoint's root. */
    record_path: Path,
  },
  closed,
);
export type EntryProof = Static<typeof EntryProof>;

/** Everything about one execution, and what shows that a signed checkpoint covers it: good without the log. */
export const AuditProof = Type.Object(
  {
    schema: Type.Literal("lockkeeper/audit-proof/v1"),
    id: Type.String({ maxLength: 256 }),
    entries: Type.Array(EntryProof, { maxItems: 10_000 }),
    /** The checkpoint, a signed note. */
    checkpoint: Type.String({ maxLength: 4_194_304 }),
  },
  closed,
);
export type AuditProof = Static<typeof AuditProof>;

const parse = parserOf(AuditProof);

/** Takes a value for a proof. @returns on failure one sentence */
export function parseProof(value: unknown): Result<AuditProof, string> {
  const proof = parse(value);
  if (proof.ok) return proof;
  const { path = "", message = "" } = proof.error[0] ?? {};
  return err(`it is no proof: ${path === "" ? "it" : path} ${message}`);
}

/**
 * Verifies a proof by itself: the checkpoint's signature, and every entry's way up to its root.
 *
 * @param verifiers - null where the signature shall not be looked at; then anybody may have made the proof
 * @returns the entries; on failure one sentence
 */
export function verifyProof(
  proof: AuditProof,
  verifiers: readonly CheckpointVerifier[] | null,
): Result<readonly AuditEntry[], string> {
  const checkpoint = readCheckpoint(proof.checkpoint, verifiers);
  if (!checkpoint.ok) return err(`the checkpoint: ${checkpoint.error}`);
  if (proof.entries.length === 0) return err("it proves no entry");
  const entries: AuditEntry[] = [];
  for (const [index, entry] of proof.entries.entries()) {
    const proven = provenEntry(entry, checkpoint.value);
    if (!proven.ok) return err(`entry ${index + 1} of the proof: ${proven.error}`);
    entries.push(proven.value);
  }
  return ok(entries);
}

function provenEntry(
  { line, path, record, record_index, record_path }: EntryProof,
  { size, root }: { readonly size: number; readonly root: string },
): Result<AuditEntry, string> {
  const entry = readEntry(line);
  if (!entry.ok) return entry;
  const read = parseRecordLine(record);
  if (!read.ok) return read;
  const { writer, seq } = read.value;
  if (entry.value.writer !== writer) return err(`the record is of writer ${writer}`);
  const leaf = leafOfSha256(hash("sha256", line, "hex"));
  const up = rootFromInclusion(leaf, entry.value.seq - 1, seq, path.map(fromHex));
  if (up !== rootOfRecord(read.value)) return err("it does not lead to the record");
  const top = rootFromInclusion(leafOfRecord(record), record_index, size, record_path.map(fromHex));
  return top === root ? entry : err("its record does not lead to the checkpoint");
}
