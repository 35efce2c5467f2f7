import { intent } from "../../audit/testdata/sample-log.js";
import { type Ledger, type Opening, splitLedger } from "../../gate/index.js";
import type { Entry } from "../../model/index.js";
import { createMemoryTakings } from "../../store/index.js";

/** When it is in these tests. */
export const nowMs = Date.UTC(2026, 0, 5, 9);
export const clock = { nowMs: () => nowMs };

/** A ledger in memory, and what was recorded by it. */
export function memoryLedger() {
  const recorded: Entry[] = [];
  const recorder = { append: async (entry: Entry) => void recorded.push(entry) };
  return { ledger: splitLedger(createMemoryTakings(clock), recorder), recorder, recorded };
}

let numbers = 0;

/** What an execution asks to be taken, with a nonce and an approval of its own. */
export function opening(over: Partial<Opening> = {}): Opening {
  const number = ++numbers;
  const base = {
    executionId: `execution-${number}`,
    nowMs,
    nonce: `nonce-${number}`,
    approvalUse: `approval-${number}`,
  };
  return { ...base, reservations: [], ...over };
}

/** Opens an execution with its intent. */
export const open = (ledger: Ledger, given: Opening) => ledger.open(intent(given.executionId), given);
