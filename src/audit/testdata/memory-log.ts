import { generateKeyPairSync } from "node:crypto";
import { chainEntry, emptyHead, type Head } from "../chain.js";
import { readEntry } from "../read-entry.js";
import type { AuditLog, StoredEntry } from "../ports.js";
import { ed25519Signer, ed25519Verifier } from "../signed-note.js";
import type { Witness } from "../witness.js";
import { startMs } from "./sample-log.js";

/** A log in memory that tests may break. */
export type MemoryLog = AuditLog & {
  readonly lines: StoredEntry[];
  readonly notes: string[];
  writer: string;
  atMs: number;
};

/** An empty log; `writer` is who appends, and may be changed. */
export function memoryLog(writer = "w1"): MemoryLog {
  const heads = new Map<string, Head>();
  const log: MemoryLog = {
    lines: [],
    notes: [],
    writer,
    atMs: startMs,
    append: async (entry) => {
      const chained = chainEntry(heads.get(log.writer) ?? emptyHead(log.writer), entry, log.atMs);
      heads.set(log.writer, chained.head);
      log.atMs += 1000;
      log.lines.push({ writer: log.writer, seq: chained.head.seq, line: chained.line });
    },
    heads: async () => [...heads.values()].sort((a, b) => (a.writer < b.writer ? -1 : 1)),
    entries: async function* (range = {}) {
      const sorted = log.lines.toSorted((a, b) => (a.writer < b.writer ? -1 : a.writer > b.writer ? 1 : a.seq - b.seq));
      for (const entry of sorted) {
        if (range.writer !== undefined && entry.writer !== range.writer) continue;
        if (entry.seq > (range.afterSeq ?? 0)) yield entry;
      }
    },
    tail: async (count) => log.lines.slice(-count),
    about: async (id) => {
      const found = log.lines.filter(({ line }) => {
        const entry = readEntry(line);
        if (!entry.ok || entry.value.kind === "load") return false;
        return entry.value.kind === "event" ? entry.value.object === id : entry.value.execution_id === id;
      });
      return found;
    },
    checkpoints: async () => log.notes,
    addCheckpoint: async (note, after) => {
      if (after !== undefined && after !== log.notes.length) throw new Error("somebody else made a checkpoint");
      log.notes.push(note);
    },
  };
  return log;
}

/** A fresh key with both of its sides. */
export function checkpointKeys(name?: string) {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  return { privateKey, publicKey, signer: ed25519Signer(privateKey, name), verifier: ed25519Verifier(publicKey, name) };
}

/** A witness in memory. */
export function memoryWitness(): Witness & { readonly notes: string[] } {
  const notes: string[] = [];
  return {
    name: "memory",
    notes,
    publish: async (note) => {
      notes.push(note);
    },
    latest: async () => notes.at(-1) ?? null,
  };
}
