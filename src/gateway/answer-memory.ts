import type { AnswerStore, KeptAnswer } from "./gateway-parts.js";

/** How long an answer is kept, in milliseconds, and how many bytes of them at most. */
const keptMs = 24 * 60 * 60 * 1000;
const keptBytes = 64 * 1024 * 1024;

/**
 * Keeps answers in this process's memory, oldest out first. Whoever asks another process, or after a restart, is refused as a
 * replay: that nothing runs twice is held by the ledger, not by this.
 */
export function createAnswerMemory(nowMs: () => number): AnswerStore {
  const kept = new Map<string, { readonly answer: KeptAnswer; readonly atMs: number }>();
  let bytes = 0;
  const forget = (key: string) => {
    bytes -= kept.get(key)?.answer.body.length ?? 0;
    kept.delete(key);
  };
  return {
    find: async (key) => {
      const found = kept.get(key);
      if (found === undefined) return null;
      if (found.atMs + keptMs > nowMs()) return found.answer;
      forget(key);
      return null;
    },
    keep: async (key, answer, atMs) => {
      kept.set(key, { answer, atMs });
      bytes += answer.body.length;
      for (const oldest of kept.keys()) {
        if (bytes <= keptBytes) break;
        forget(oldest);
      }
    },
  };
}
