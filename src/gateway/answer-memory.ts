import type { AnswerStore, KeptAnswer } from "./gateway-parts.js";

/** How long an answer is kept, in milliseconds, and how many characters of them at most, in how many answers. */
const keptMs = 24 * 60 * 60 * 1000;
const keptLength = 64 * 1024 * 1024;
const keptAnswers = 100_000;

/**
 * Keeps answers in this process's memory, oldest out first. Whoever asks another process, or after a restart, is refused as a
 * replay: that nothing runs twice is held by the ledger, not by this.
 */
export function createAnswerMemory(nowMs: () => number): AnswerStore {
  const kept = new Map<string, { readonly answer: KeptAnswer; readonly atMs: number }>();
  let length = 0;
  const forget = (key: string) => {
    length -= kept.get(key)?.answer.body.length ?? 0;
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
      forget(key);
      kept.set(key, { answer, atMs });
      length += answer.body.length;
      for (const oldest of kept.keys()) {
        if (length <= keptLength && kept.size <= keptAnswers) break;
        forget(oldest);
      }
    },
  };
}
