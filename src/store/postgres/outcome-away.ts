import type { Opened } from "../../gate/index.js";
import type { Call, Outcome } from "../batch/calls.js";
import { StoreAway } from "./connection.js";

/**
 * What comes of a call while the database is away: the audit goes on, and what must be decided is refused. A run that is over
 * is over, also where what it used is settled later.
 *
 * @requirement EXE-10
 */
export function outcomeAway({ kind }: Pick<Call, "kind">): Outcome<Opened> {
  if (kind !== "open" && kind !== "take") return { ok: true, value: { kind: "opened" } };
  return { ok: false, error: new StoreAway("the database that must decide is away") };
}
