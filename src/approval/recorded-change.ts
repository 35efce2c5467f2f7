import { type Clock, type ErrorCode, err, ok, type Problem, type Result } from "../model/index.js";
import type { Approval } from "./approval.js";
import type { ApprovalStore, AuditAppender, AuditEvent } from "./ports.js";
import { expire, type Step } from "./workflow.js";

/** What a change needs: where records are, and where it is told. */
export type ChangeParts = {
  readonly store: ApprovalStore;
  readonly audit: AuditAppender;
  readonly clock: Clock;
  /** Takes secrets out of reasons on their way into the audit. */
  readonly redact: (text: string) => string;
  /** Told why a store or the audit failed, for the log. */
  readonly onFailure: (error: unknown) => void;
};

/** A step, and what whoever asked for it gets if it is taken. */
export type Taken<T> = { readonly step: Step; readonly answer: T };

/** A lost race is run again this often; only so many people can decide at once. */
const attempts = 8;

/**
 * Loads a record, takes a step, records it, and compares and sets; from the start again where somebody was faster.
 *
 * INVARIANT: a step is durable in the audit before it takes effect. One that lost says so there, too.
 *
 * @param take - pure but for what it signs; called again with the newer record after a lost race
 * @param heedsExpiry - whether a record past its time is first made an expired one
 */
export async function changeRecorded<T>(
  id: string,
  parts: ChangeParts,
  take: (approval: Approval) => Promise<Result<Taken<T>, Problem>>,
  heedsExpiry = true,
): Promise<Result<T, Problem>> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const before = await load(id, parts);
    if (!before.ok) return before;
    const overdue = heedsExpiry ? expire(before.value, parts.clock.nowMs()) : null;
    if (overdue !== null) {
      const settled = await settle(before.value, overdue, parts);
      if (!settled.ok) return settled;
      continue;
    }
    const taken = await take(before.value);
    if (!taken.ok) return taken;
    const won = await settle(before.value, taken.value.step, parts);
    if (!won.ok) return won;
    if (won.value) return ok(taken.value.answer);
  }
  return err({ code: "approval/state", message: "others change it too fast" });
}

/** @returns on failure `approval/not_found` or `store/away` */
export async function load(id: string, parts: ChangeParts): Promise<Result<Approval, Problem>> {
  const found = await attempted(() => parts.store.find(id), "store/away", parts);
  if (!found.ok) return found;
  if (found.value === null) return err({ code: "approval/not_found", message: "there is no such approval" });
  return ok(found.value);
}

/**
 * Records a step, then compares and sets.
 *
 * @returns false where somebody was faster; the audit then says that this one lost
 */
export async function settle(before: Approval, step: Step, parts: ChangeParts): Promise<Result<boolean, Problem>> {
  const recorded = await record(step.events, parts);
  if (!recorded.ok) return recorded;
  const won = await attempted(() => parts.store.update(before.id, before.version, step.next), "store/away", parts);
  if (!won.ok || won.value) return won;
  const lost = await record(step.events.map(lostRace), parts);
  return lost.ok ? won : lost;
}

/** Appends events in order. @returns on failure `audit/store` */
export function record(
  events: readonly AuditEvent[],
  parts: Pick<ChangeParts, "audit" | "redact" | "onFailure">,
): Promise<Result<void, Problem>> {
  const append = async () => {
    for (const event of events) await parts.audit.append(redacted(event, parts.redact));
  };
  return attempted(append, "audit/store", parts);
}

/** Makes a value of a failure that has to be reckoned with; what it was goes to the log. */
export async function attempted<T>(
  work: () => Promise<T>,
  code: Extract<ErrorCode, "store/away" | "audit/store">,
  { onFailure }: Pick<ChangeParts, "onFailure">,
): Promise<Result<T, Problem>> {
  try {
    return ok(await work());
  } catch (error) {
    onFailure(error);
    const message = code === "store/away" ? "the store does not answer" : "the audit could not be written";
    return err({ code, message });
  }
}

function redacted(event: AuditEvent, redact: (text: string) => string): AuditEvent {
  const { reason } = event.detail;
  return typeof reason === "string" ? { ...event, detail: { ...event.detail, reason: redact(reason) } } : event;
}

function lostRace(event: AuditEvent): AuditEvent {
  return { ...event, name: "approval/lost_race", detail: { act: event.name, version: event.detail.version } };
}
