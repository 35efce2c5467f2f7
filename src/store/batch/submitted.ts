import type { Ledger, Opened, Recorder, Takings, Usage } from "../../gate/index.js";
import type { Call } from "./calls.js";

/** The ledger, the takings and the recorder of a store in which every change is one call of a group commit. */
export function submitted(
  facts: Usage,
  submit: (call: Call) => Promise<Opened>,
): { readonly ledger: Ledger; readonly takings: Takings; readonly append: Recorder["append"] } {
  const done = async (call: Call) => {
    await submit(call);
  };
  return {
    ledger: {
      ...facts,
      open: (entry, opening) => submit({ kind: "open", entry, opening }),
      close: (entry, executionId, actuals) => done({ kind: "close", entry, executionId, actuals }),
    },
    takings: {
      ...facts,
      take: (opening) => submit({ kind: "take", opening }),
      settle: (executionId, actuals) => done({ kind: "settle", executionId, actuals }),
    },
    append: (entry) => done({ kind: "append", entry }),
  };
}
