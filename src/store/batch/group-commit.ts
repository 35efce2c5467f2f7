import type { Outcome } from "./calls.js";

/** Calls that wait for one another's transaction. */
export interface GroupCommit<C, R> {
  /** Settles when the batch that holds this call is durable, or has failed. */
  submit(call: C): Promise<R>;
  /** Returns when nothing waits and nothing is being written. */
  idle(): Promise<void>;
}

type Waiting<C, R> = {
  readonly call: C;
  readonly resolve: (value: R) => void;
  readonly reject: (error: unknown) => void;
};

/**
 * Writes calls in batches, in the order they came: what comes while a batch is written waits for the next one, so that one
 * sync to disk serves all of them.
 *
 * @param write - gives an outcome for each call, in order; where it throws or rejects, all of them have failed
 * @param limits - `batch`: most calls of one batch; `waiting`: most calls that wait, more are rejected at once
 */
export function groupCommit<C, R>(
  write: (calls: readonly C[]) => readonly Outcome<R>[] | Promise<readonly Outcome<R>[]>,
  limits = { batch: 128, waiting: 10_000 },
): GroupCommit<C, R> {
  let waiting: Waiting<C, R>[] = [];
  let running: Promise<void> | undefined;

  const writeNext = async () => {
    const batch = waiting.slice(0, limits.batch);
    waiting = waiting.slice(limits.batch);
    try {
      const outcomes = await write(batch.map(({ call }) => call));
      for (const [index, { resolve, reject }] of batch.entries()) {
        const outcome = outcomes[index];
        if (outcome?.ok) resolve(outcome.value);
        else reject(outcome?.error ?? new Error("a call without an outcome"));
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  };

  const run = async () => {
    // The turn of the event loop is waited for: whoever else comes within it joins the batch.
    do {
      await new Promise<void>((resolve) => setImmediate(resolve));
      await writeNext();
    } while (waiting.length > 0);
    running = undefined;
  };

  return {
    submit: (call) =>
      new Promise<R>((resolve, reject) => {
        if (waiting.length >= limits.waiting) return reject(new Error("too many calls wait for the store"));
        waiting.push({ call, resolve, reject });
        running ??= run();
      }),
    idle: async () => {
      while (running !== undefined) await running;
    },
  };
}
