import { type Clock, err, ok, type Problem, parserOf, type Result } from "../model/index.js";
import { type KillSwitchState, Reason } from "./approval.js";
import { type Act, mayAct } from "./ask-access.js";
import type { Actor, AskAccess, AuditAppender, AuditEvent, KillSwitchStore } from "./ports.js";
import { attempted, record } from "./recorded-change.js";

/** How long an answer of the store is good for, in milliseconds: what another process did is known this soon. */
export const killSwitchAgeMs = 250;

/** What the kill switch is made of. */
export type KillSwitchParts = {
  readonly store: KillSwitchStore;
  readonly decide: AskAccess;
  readonly audit: AuditAppender;
  readonly clock: Clock;
  /** Called when it is engaged here, and when it is seen to have been engaged elsewhere: ends what runs. */
  readonly onEngaged: (state: KillSwitchState) => void;
  readonly redact: (text: string) => string;
  readonly onFailure: (error: unknown) => void;
};

/**
 * The switch that stops everything, as one of the processes sees it that share its store.
 *
 * Expected failures of `engage` and `lift` are `access/refused`, `request/malformed`, `pilot/state` where somebody else has
 * moved it meanwhile, `store/away` and `audit/store`.
 */
export interface KillSwitchService {
  /** At most 250 ms old. Rejects where the store is away, which is a refusal of whatever wanted to start. */
  engaged(): Promise<boolean>;
  /** Who moved it last, when and why; as old as `engaged`. */
  state(): Promise<KillSwitchState>;
  /** Stops everything. It takes effect before it is recorded: it waits for no audit. */
  engage(actor: Actor, reason: string): Promise<Result<KillSwitchState, Problem>>;
  /** Lets things start again; recorded before it takes effect. */
  lift(actor: Actor, reason: string): Promise<Result<KillSwitchState, Problem>>;
  /** Looks at the store every so often, so that what runs here ends though nothing new starts. Ends when disposed of. */
  watch(everyMs?: number): Disposable;
}

/** An answer of the store, and when it was asked for. */
type Reading = { readonly state: KillSwitchState; readonly askedMs: number };

/**
 * Whether a reading still counts. One from the future means that the clock went back: ask again.
 *
 * @requirement WFL-06
 */
export function isFresh(askedMs: number, nowMs: number): boolean {
  return nowMs >= askedMs && nowMs - askedMs < killSwitchAgeMs;
}

const parseReason = parserOf(Reason);

/** Makes the kill switch of a process. */
export function createKillSwitch(parts: KillSwitchParts): KillSwitchService {
  const { store, clock, decide } = parts;
  let reading: Reading | undefined;
  let asking: Promise<KillSwitchState> | undefined;
  /** Goes up with each move made here, so that an answer asked for before it does not undo it. */
  let moves = 0;

  const keep = (state: KillSwitchState, askedMs: number) => {
    const turned = state.engaged && reading?.state.engaged !== true;
    reading = { state, askedMs };
    if (!turned) return;
    try {
      parts.onEngaged(state);
    } catch (error) {
      parts.onFailure(error);
    }
  };
  const ask = async (): Promise<KillSwitchState> => {
    const [askedMs, asOf] = [clock.nowMs(), moves];
    const state = await store.read();
    // What was moved here meanwhile is newer than this answer.
    if (asOf !== moves) return ask();
    keep(state, askedMs);
    return state;
  };
  /** Those who ask at once share one answer. */
  const read = (): Promise<KillSwitchState> => {
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    return asking;
  };
  const state = async () => (reading !== undefined && isFresh(reading.askedMs, clock.nowMs()) ? reading.state : read());
  const move = async (next: KillSwitchState): Promise<Result<KillSwitchState, Problem>> => {
    const askedMs = clock.nowMs();
    moves += 1;
    const set = await attempted(() => store.set(next), "store/away", parts);
    moves += 1;
    if (set.ok) keep(next, askedMs);
    return set.ok ? ok(next) : set;
  };
  const actOf = (actor: Actor): Act => ({ actor, nowMs: clock.nowMs(), decide });

  return {
    state,
    engaged: async () => (await state()).engaged,
    engage: async (actor, reason) => {
      const next = stateOf(true, reason, actOf(actor), "pilot.kill_switch");
      if (!next.ok) return next;
      const moved = await move(next.value);
      if (!moved.ok) return moved;
      const recorded = await record([eventOf("kill_switch/engaged", next.value, actor)], parts);
      return recorded.ok ? moved : recorded;
    },
    lift: async (actor, reason) => {
      const next = stateOf(false, reason, actOf(actor), "pilot.lift_kill_switch");
      if (!next.ok) return next;
      const before = await attempted(() => store.read(), "store/away", parts);
      if (!before.ok) return before;
      if (!before.value.engaged) return before;
      const recorded = await record([eventOf("kill_switch/lifted", next.value, actor)], parts);
      if (!recorded.ok) return recorded;
      const now = await attempted(() => store.read(), "store/away", parts);
      if (!now.ok) return now;
      if (now.value.at_ms === before.value.at_ms && now.value.by === before.value.by) return move(next.value);
      return err({ code: "pilot/state", message: "somebody has moved the kill switch meanwhile: look again" });
    },
    watch: (everyMs = killSwitchAgeMs) => {
      const timer = setInterval(() => void read().catch(parts.onFailure), everyMs);
      timer.unref();
      return { [Symbol.dispose]: () => clearInterval(timer) };
    },
  };
}

function stateOf(engaged: boolean, reason: string, act: Act, permission: string): Result<KillSwitchState, Problem> {
  const allowed = mayAct(act, permission, null);
  if (!allowed.ok) return allowed;
  if (parseReason(reason).ok) return ok({ engaged, by: act.actor.subject.id, at_ms: act.nowMs, reason });
  return err({ code: "request/malformed", message: "a reason of 1 to 2000 characters is needed" });
}

function eventOf(name: string, { reason }: KillSwitchState, { subject }: Actor): AuditEvent {
  return { kind: "event", name, actor: subject.id, roles: subject.roles, object: null, detail: { reason } };
}
