import type { Ledger } from "../gate/index.js";

/** A ledger beside which something is still being done. */
export type MarkingLedger = {
  readonly ledger: Ledger /** Settles when nothing is. */;
  readonly marked: () => Promise<void>;
};

/**
 * Has the record of an approval follow what the ledger took of it, for people to read. It does so while the command runs: nobody
 * waits for it, and what fails there stops nothing.
 *
 * @param mark - never waited for before the command starts; a rejection is told to `onFailure`
 */
export function markingLedger(
  ledger: Ledger,
  mark: (approvalId: string, executionId: string) => Promise<void>,
  onFailure: (error: unknown) => void,
): MarkingLedger {
  const running = new Set<Promise<void>>();
  const begin = (approvalId: string, executionId: string) => {
    // After the spawner was asked: the command starts first.
    const turn = new Promise<void>((resolve) => setImmediate(resolve));
    const done = turn.then(() => mark(approvalId, executionId)).catch(onFailure);
    running.add(done);
    void done.finally(() => running.delete(done));
  };
  return {
    ledger: {
      sinceS: () => ledger.sinceS(),
      seen: (nonce) => ledger.seen(nonce),
      usage: (keys, nowMs) => ledger.usage(keys, nowMs),
      close: (end, executionId, actuals) => ledger.close(end, executionId, actuals),
      open: async (intent, opening) => {
        const opened = await ledger.open(intent, opening);
        if (opened.kind === "opened" && opening.approvalUse !== null) begin(opening.approvalUse, opening.executionId);
        return opened;
      },
    },
    marked: async () => {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
