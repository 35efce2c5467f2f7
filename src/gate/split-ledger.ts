import type { Ledger, Recorder, Takings } from "./ports.js";

/** The intent could not be made durable, so nothing was taken. */
export class NotRecorded extends Error {}

/**
 * A ledger whose audit lives elsewhere than what is taken: the intent is durable first, then something is taken. The end
 * is recorded and the takings are settled whatever becomes of the other, for an end that is not recorded is worse than a
 * quota that stays taken.
 */
export function splitLedger(takings: Takings, recorder: Recorder): Ledger {
  return {
    sinceS: () => takings.sinceS(),
    seen: (nonce) => takings.seen(nonce),
    usage: (keys, nowMs) => takings.usage(keys, nowMs),
    open: async (intent, opening) => {
      try {
        await recorder.append(intent);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        throw new NotRecorded(`the intent is not recorded: ${why}`, { cause: error });
      }
      return takings.take(opening);
    },
    close: async (end, executionId, actuals) => {
      const settled = await Promise.allSettled([
        called(() => takings.settle(executionId, actuals)),
        called(() => recorder.append(end)),
      ]);
      const failures = settled.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
      if (failures.length > 0) throw new AggregateError(failures, "an end is not recorded or not settled");
    },
  };
}

/** Calls so that it can only reject, never throw. */
async function called<T>(call: () => Promise<T>): Promise<T> {
  return call();
}
