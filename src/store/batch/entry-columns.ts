import type { Entry } from "../../model/index.js";

/** By what an entry is found again. */
export type EntryColumns = {
  /** The execution or, for an event, the object that it is about. */
  readonly about: string | null;
  readonly approvalId: string | null;
};

/** By what an entry is found again, besides its writer and number. */
export function entryColumns(entry: Entry): EntryColumns {
  switch (entry.kind) {
    case "intent":
      return { about: entry.execution_id, approvalId: entry.approval_id };
    case "end":
      return { about: entry.execution_id, approvalId: null };
    case "event":
      return { about: entry.object, approvalId: null };
    case "load":
      return { about: null, approvalId: null };
  }
}
