import type { Entry } from "../model/index.js";
import type { Head } from "./chain.js";

/** One entry as stored: its writer's name and number, and the text that was hashed. */
export type StoredEntry = { readonly writer: string; readonly seq: number; readonly line: string };

/** Which entries: those of one writer, or those after a number. Without anything: all. */
export type EntryRange = { readonly writer?: string; readonly afterSeq?: number };

/** The append-only log, as each store implements it. Nothing here changes or deletes an entry. */
export interface AuditLog {
  /** Returns when the entry is durable. */
  append(entry: Entry): Promise<void>;
  /** The head of every writer's chain, sorted by writer. */
  heads(): Promise<readonly Head[]>;
  /** By writer, then by number. Memory stays flat, however many there are. */
  entries(range?: EntryRange): AsyncIterable<StoredEntry>;
  /** The newest entries, at most `count`, oldest first. */
  tail(count: number): Promise<readonly StoredEntry[]>;
  /** Everything about one execution or approval, in order of time. */
  about(id: string): Promise<readonly StoredEntry[]>;
  /** Signed checkpoints as C2SP notes, oldest first, and one more. */
  checkpoints(): Promise<readonly string[]>;
  /** @param after - rejects where there are not exactly as many: two who make checkpoints at a time cannot both win */
  addCheckpoint(note: string, after?: number): Promise<void>;
}
