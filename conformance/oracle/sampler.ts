import type { Decide } from "../attacks/index.js";
import type { Question } from "./differential.js";

/** A decider that keeps every n-th question for the interpreter. */
export type Sampler = {
  readonly decide: Decide;
  /** Takes what was kept since the last time. */
  take(): Question[];
  /** Questions asked so far. */
  asked(): number;
};

/**
 * Wraps a decider.
 *
 * @param every - 1 keeps all, 5 every fifth; the seed chooses where the counting starts
 */
export function sampleQuestions(decide: Decide, every: number, seed: number): Sampler {
  let asked = 0;
  let kept: Question[] = [];
  const offset = Math.abs(Math.trunc(seed)) % every;
  return {
    decide: (entrypoint, input) => {
      const decision = decide(entrypoint, input);
      if (asked++ % every === offset) kept.push({ entrypoint, input, decision });
      return decision;
    },
    take: () => {
      const taken = kept;
      kept = [];
      return taken;
    },
    asked: () => asked,
  };
}
