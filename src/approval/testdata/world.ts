import type { AccessInput, Decision, Problem, Result } from "../../model/index.js";
import type { Approval, KillSwitchState } from "../approval.js";
import { untouchedKillSwitch } from "../approval.js";
import type { Act } from "../ask-access.js";
import type { Actor, ApprovalStore, AskAccess, AuditEvent, KillSwitchStore } from "../ports.js";

export const cmdHash = "6881285b2037aca9c271a4f9f8ae73201ef8484e1173af0b7ceb5f883857b52f";

/** A pending approval that Ann asked for at 1 000 and that expires at 9 000, with other values where given. */
export function approval(over: Partial<Approval> = {}): Approval {
  return {
    schema: "lockkeeper/approval/v1",
    id: "approval-1",
    version: 1,
    state: "pending",
    command: "echo test",
    action: {
      kind: "command",
      profile: "readonly",
      argv: ["echo", "test"],
      cwd: "/",
      env: {},
      stdin_sha256: null,
      cmd_hash: cmdHash,
      workspace: "/srv/work",
      limits: {},
    },
    task: null,
    requested_by: "ann",
    requested_at_ms: 1000,
    reason: "to see it run",
    decisions: [],
    expires_ms: 9000,
    break_glass: false,
    review: null,
    bundle_sha256: null,
    tokens: [],
    execution_id: null,
    ...over,
  };
}

export const someone = (id: string, ...roles: string[]): Actor => ({
  subject: { id, roles },
  credential: "bearer",
  channel: "gateway",
});

const obligations: Decision["obligations"] = {
  run: null,
  isolation: { profile: null, requires: [] },
  limits: null,
  consume: [],
  filter: null,
};

/** Rules that refuse the permissions given, each with the violations given, and keep what they were asked. */
export function rules(refused: Readonly<Record<string, readonly string[]>> = {}) {
  const asked: AccessInput[] = [];
  const decide: AskAccess = (input) => {
    asked.push(input);
    const violations = (refused[input.permission] ?? []).map((rule) => ({
      rule,
      message: "No",
      requirements: [],
      detail: {},
    }));
    return { allow: refused[input.permission] === undefined, violations, obligations };
  };
  return { asked, decide };
}

/** Somebody acts at 2 000. */
export const actOf = (actor: Actor, decide: AskAccess, nowMs = 2000): Act => ({ actor, nowMs, decide });

/** The value of a success; a failure is thrown. */
export function good<T>(result: Result<T, Problem>): T {
  if (result.ok) return result.value;
  throw new Error(`${result.error.code}: ${result.error.message}`);
}

/** Approvals in memory. `meanwhile` runs once before the next update: somebody who is faster. */
export function memoryStore(...records: readonly Approval[]) {
  const kept = new Map(records.map((record) => [record.id, record]));
  const world: { meanwhile: (() => void) | undefined; away: boolean } = { meanwhile: undefined, away: false };
  const here = () => {
    if (world.away) throw new Error("the store is away");
  };
  const store: ApprovalStore = {
    create: async (record) => {
      here();
      kept.set(record.id, record);
    },
    find: async (id) => {
      here();
      return kept.get(id) ?? null;
    },
    list: async ({ state, requested_by }, { after, limit }) => {
      here();
      const all = [...kept.values()].filter(
        (one) =>
          (state === undefined || one.state === state) &&
          (requested_by === undefined || one.requested_by === requested_by) &&
          (after === null || one.id > after),
      );
      const approvals = all.slice(0, limit);
      return { approvals, next: all.length > limit ? (approvals.at(-1)?.id ?? null) : null };
    },
    update: async (id, expected, next) => {
      here();
      const { meanwhile } = world;
      world.meanwhile = undefined;
      meanwhile?.();
      if (kept.get(id)?.version !== expected) return false;
      kept.set(id, next);
      return true;
    },
  };
  return { kept, world, store };
}

/** The kill switch's store, shared by as many services as a test wants. */
export function memorySwitch() {
  const world = { away: false, reads: 0, state: untouchedKillSwitch };
  const store: KillSwitchStore = {
    read: async () => {
      world.reads += 1;
      if (world.away) throw new Error("the store is away");
      return world.state;
    },
    set: async (next: KillSwitchState) => {
      if (world.away) throw new Error("the store is away");
      world.state = next;
    },
  };
  return { world, store };
}

/** An audit in memory. `before` runs with each event before it is kept. */
export function memoryAudit(before: (event: AuditEvent) => void = () => undefined) {
  const events: AuditEvent[] = [];
  return {
    events,
    append: async (entry: { readonly kind: string }) => {
      if (!isEvent(entry)) throw new Error("not an event");
      before(entry);
      events.push(entry);
    },
  };
}

function isEvent(entry: { readonly kind: string }): entry is AuditEvent {
  return entry.kind === "event";
}
