import canonicalize from "canonicalize";
import Type, { type Static } from "typebox";
import { err, isJsonObject, ok, parserOf, parseStrictJson, type Result } from "../model/index.js";
import type { Head } from "./chain.js";
import { type Frontier, fromHex, fullTreesOf, hexOf, leafHash, rootOf, type TreeHash } from "./merkle.js";
import { type CheckpointSigner, type SignedNote, signNote } from "./signed-note.js";

const Sha256 = Type.String({ pattern: "^[0-9a-f]{64}$" });
const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const closed = { additionalProperties: false } as const;

/** A chain's head, with all that is needed to go on from there: the full trees over its entries. */
const headShape = { seq: Count, sha256: Sha256, frontier: Type.Array(Sha256, { maxItems: 53 }) };

/** A range that was moved into an archive, and may be missing since: from after `after` up to the record's own head. */
export const ArchiveMark = Type.Object(
  {
    after: Type.Object(headShape, closed),
    /** SHA-256 of the archive's lines, before compression. */
    lines_sha256: Sha256,
    first_at_ms: Count,
    last_at_ms: Count,
  },
  closed,
);
export type ArchiveMark = Static<typeof ArchiveMark>;

/** One leaf of the tree that checkpoints are about: how far one writer's chain had come. */
export const ChainRecord = Type.Object(
  {
    schema: Type.Literal("lockkeeper/chain-record/v1"),
    writer: Type.String({ maxLength: 64 }),
    at_ms: Count,
    ...headShape,
    archive: Type.Union([ArchiveMark, Type.Null()]),
  },
  closed,
);
export type ChainRecord = Static<typeof ChainRecord>;

const parseRecord = parserOf(ChainRecord);

/** A chain's head together with the tree over its entries. */
export type GrownHead = Head & { readonly frontier: Frontier };

/** The record's head, for computing. */
export function headOf({
  writer,
  seq,
  sha256,
  frontier,
}: Pick<ChainRecord, "writer" | "seq" | "sha256" | "frontier">): GrownHead {
  return { writer, seq, sha256, frontier: { size: seq, roots: frontier.map(fromHex) } };
}

/** The canonical line of a record, whose bytes are the leaf. */
export function recordLine(
  { writer, seq, sha256, frontier }: GrownHead,
  atMs: number,
  archive: ArchiveMark | null,
): string {
  const record: ChainRecord = {
    schema: "lockkeeper/chain-record/v1",
    writer,
    at_ms: atMs,
    seq,
    sha256,
    frontier: frontier.roots.map(hexOf),
    archive,
  };
  return canonicalize(record) ?? "";
}

/** The record of a line, where it is the canonical one. @returns on failure one sentence */
export function parseRecordLine(line: string): Result<ChainRecord, string> {
  const parsed = parseStrictJson(line.replaceAll("\u007f", "\\u007f"), "");
  if (!parsed.ok || !isJsonObject(parsed.value.value)) return err("a record that is no JSON object");
  const record = parseRecord(parsed.value.value);
  if (!record.ok || canonicalize(parsed.value.value) !== line) return err("a record of another form");
  const { seq, frontier, archive } = record.value;
  if (frontier.length !== fullTreesOf(seq)) return err("a record whose tree has another size");
  if (archive !== null && archive.after.frontier.length !== fullTreesOf(archive.after.seq)) {
    return err("an archive's record whose tree has another size");
  }
  return record;
}

/** The leaf of a record's line. */
export function leafOfRecord(line: string): TreeHash {
  return leafHash(Buffer.from(line));
}

/** The root over a writer's entries that a record is about. */
export function rootOfRecord(record: ChainRecord): TreeHash {
  return rootOf(record.frontier.map(fromHex));
}

/**
 * A checkpoint: origin, size and root of the tree over all records so far, and the records that this one adds.
 *
 * @see https://c2sp.org/tlog-checkpoint
 */
export type Checkpoint = {
  readonly origin: string;
  readonly size: number;
  readonly root: TreeHash;
  readonly lines: readonly string[];
};

/** Signs a checkpoint as a note. */
export function signCheckpoint({ origin, size, root, lines }: Checkpoint, signer: CheckpointSigner): string {
  const rootText = Buffer.from(root, "latin1").toString("base64");
  return signNote(`${[origin, String(size), rootText, ...lines].join("\n")}\n`, signer);
}

/** Takes a note's text for a checkpoint's. @returns on failure one sentence */
export function parseCheckpoint({ text }: SignedNote): Result<Checkpoint, string> {
  const [origin = "", size = "", rootText = "", ...lines] = text.slice(0, -1).split("\n");
  const root = Buffer.from(rootText, "base64");
  if (origin === "" || !/^(?:0|[1-9][0-9]{0,15})$/.test(size)) return err("no origin or no size");
  if (root.length !== 32 || root.toString("base64") !== rootText) return err("no root");
  return ok({ origin, size: Number(size), root: root.toString("latin1"), lines });
}
