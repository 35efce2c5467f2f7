import type { Ledger, Recorder } from "../gate/index.js";
import type { FastRefusal } from "../store/index.js";

/** How long a used token is remembered, in milliseconds: no token lives as long. */
const rememberedMs = 10 * 60_000;

/**
 * A ledger that asks for rates in a fast store before it asks where it is decided, and tells that store which tokens are used.
 * The fast store may refuse; what it does not refuse is decided by the ledger.
 *
 * INVARIANT: whoever is refused here has an intent too, and has taken nothing.
 *
 * @requirement SBX-52
 */
export function fastLedger(ledger: Ledger, recorder: Recorder, fast: FastRefusal): Ledger {
  return {
    sinceS: () => ledger.sinceS(),
    seen: async (nonce) => (await fast.seen(nonce)) || ledger.seen(nonce),
    usage: (keys, nowMs) => ledger.usage(keys, nowMs),
    close: (end, executionId, actuals) => ledger.close(end, executionId, actuals),
    open: async (intent, opening) => {
      // What counts one at a time is a rate; the others are amounts, which only the ledger can reserve.
      for (const { key, window_ms, limit, amount } of opening.reservations) {
        if (amount !== 1) continue;
        const waitMs = await fast.waitMs(key, [{ window_ms, limit }], opening.nowMs);
        if (waitMs === null) continue;
        await recorder.append(intent);
        return { kind: "lost", which: "quota", key };
      }
      const opened = await ledger.open(intent, opening);
      if (opened.kind === "opened" && opening.nonce !== null) await fast.remember(opening.nonce, rememberedMs);
      return opened;
    },
  };
}
