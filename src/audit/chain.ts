import { hash } from "node:crypto";
import type { AuditEntry, Entry } from "../model/index.js";
import { canonicalText } from "./canonical-text.js";

/** Where a writer's chain has come to: its last entry's number, from 1 (0 before the first), and SHA-256. */
export type Head = { readonly writer: string; readonly seq: number; readonly sha256: string };

/** The head of a chain without entries. */
export function emptyHead(writer: string): Head {
  return { writer, seq: 0, sha256: "0".repeat(64) };
}

/**
 * Numbers, dates and chains one entry: canonical JSON (RFC 8785), which is what is stored and what is hashed.
 *
 * @param writer - of `head`: at most 64 characters, one process's, never used again by another
 * @throws where the entry has no JSON form, which its type rules out
 */
export function chainEntry(head: Head, entry: Entry, atMs: number): { readonly line: string; readonly head: Head } {
  const { writer } = head;
  const chained: AuditEntry = {
    ...entry,
    schema: "lockkeeper/audit-entry/v1",
    writer,
    seq: head.seq + 1,
    at_ms: atMs,
    prev_sha256: head.sha256,
  };
  const line = canonicalText(chained);
  if (line === undefined) throw new Error("an entry without a JSON form");
  return { line, head: { writer, seq: chained.seq, sha256: hash("sha256", line, "hex") } };
}
