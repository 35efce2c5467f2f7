import { chainEntry, type Head } from "../../audit/index.js";
import type { Actuals, Opened, Opening } from "../../gate/index.js";
import type { Entry } from "../../model/index.js";
import {
  type Changes,
  markEnded,
  markOpen,
  noChanges,
  settleAll,
  type TakingsState,
  takeAll,
} from "./takings-state.js";

/** What can be asked of a store that holds the audit and the takings. */
export type Call =
  | { readonly kind: "append"; readonly entry: Entry }
  | { readonly kind: "open"; readonly entry: Entry; readonly opening: Opening }
  | { readonly kind: "close"; readonly entry: Entry; readonly executionId: string; readonly actuals: Actuals }
  | { readonly kind: "take"; readonly opening: Opening }
  | { readonly kind: "settle"; readonly executionId: string; readonly actuals: Actuals }
  /** Anything else that is to be written in the same transaction, by a store whose transactions take no turns. */
  | { readonly kind: "apply"; readonly apply: () => void };

/** What one call comes to. Calls that open nothing give `opened`, too. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

/** One entry as it is to be stored. */
export type ChainedEntry = {
  readonly entry: Entry;
  readonly seq: number;
  readonly line: string;
  readonly atMs: number;
};

/** What is to be written so that the outcomes come true, all of it in one transaction. */
export type Plan = {
  readonly entries: readonly ChainedEntry[];
  readonly head: Head;
  readonly changes: Changes;
  readonly outcomes: readonly Outcome<Opened>[];
};

/**
 * Carries out calls one after another on the state that they need. A call that cannot be carried out fails alone: neither
 * the state nor the chain knows of it.
 *
 * INVARIANT: an intent is among the entries also where what it asked for was lost.
 */
export function planCalls(calls: readonly Call[], from: Head, state: TakingsState, atMs: number): Plan {
  const entries: ChainedEntry[] = [];
  const changes = noChanges();
  let head = from;
  const chain = (entry: Entry) => {
    const chained = chainEntry(head, entry, atMs);
    head = chained.head;
    entries.push({ entry, seq: head.seq, line: chained.line, atMs });
  };
  const outcomes = calls.map((call): Outcome<Opened> => {
    try {
      return { ok: true, value: carryOut(call, state, changes, chain) };
    } catch (error) {
      return { ok: false, error };
    }
  });
  return { entries, head, changes, outcomes };
}

function carryOut(call: Call, state: TakingsState, changes: Changes, chain: (entry: Entry) => void): Opened {
  switch (call.kind) {
    case "append":
      chain(call.entry);
      if (call.entry.kind === "end") markEnded(state, call.entry.execution_id, changes);
      return { kind: "opened" };
    case "take":
      checkOpening(call.opening, state);
      return takeAll(state, call.opening, changes);
    case "open": {
      checkOpening(call.opening, state);
      chain(call.entry);
      const opened = takeAll(state, call.opening, changes);
      // Who lost has no end yet either, and is to have one also where this process dies before.
      if (opened.kind === "lost") markOpen(state, call.opening.executionId, [], changes);
      return opened;
    }
    case "apply":
      call.apply();
      return { kind: "opened" };
    case "settle":
      checkOpen(call.executionId, state);
      settleAll(state, call.executionId, call.actuals, changes);
      return { kind: "opened" };
    case "close":
      checkOpen(call.executionId, state);
      chain(call.entry);
      settleAll(state, call.executionId, call.actuals, changes);
      return { kind: "opened" };
  }
}

function checkOpening({ executionId, reservations }: Opening, state: TakingsState): void {
  if (state.open.has(executionId)) throw new Error("this execution is open already");
  const isCount = (value: number) => Number.isSafeInteger(value) && value >= 0;
  if (!reservations.every((asked) => isCount(asked.amount) && isCount(asked.limit) && isCount(asked.window_ms)))
    throw new Error("a reservation is not a whole number");
}

function checkOpen(executionId: string, state: TakingsState): void {
  if (!state.open.has(executionId)) throw new Error("this execution is not open");
}
