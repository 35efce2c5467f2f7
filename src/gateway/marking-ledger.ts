import type { Ledger } from "../gate/index.js";

/**
 * A ledger that tells which approval it took for which execution, so that the approval's record can follow, for people to read.
 * It tells while the command runs, and waits for nobody.
 */
export function markingLedger(ledger: Ledger, onTaken: (approvalId: string, executionId: string) => void): Ledger {
  return {
    sinceS: () => ledger.sinceS(),
    seen: (nonce) => ledger.seen(nonce),
    usage: (keys, nowMs) => ledger.usage(keys, nowMs),
    close: (end, executionId, actuals) => ledger.close(end, executionId, actuals),
    open: async (intent, opening) => {
      const opened = await ledger.open(intent, opening);
      if (opened.kind === "opened" && opening.approvalUse !== null) onTaken(opening.approvalUse, opening.executionId);
      return opened;
    },
  };
}
