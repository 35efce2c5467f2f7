import type { AuditEntry } from "../../src/index.js";
import type { Attempt } from "./client.js";
import { marking, type World } from "./world.js";

/** What a log says of the executions in it. */
export type LogFacts = {
  readonly intents: ReadonlyMap<string, readonly AuditEntry[]>;
  /** Allowed and started, or interrupted before anybody could know. */
  readonly ran: readonly AuditEntry[];
  readonly open: readonly string[];
  readonly interrupted: number;
};

/** Reads what the log says. */
export function factsOf(entries: readonly AuditEntry[]): LogFacts {
  const intents = Map.groupBy(
    entries.filter(({ kind }) => kind === "intent"),
    idOf,
  );
  const ends = Map.groupBy(
    entries.filter(({ kind }) => kind === "end"),
    idOf,
  );
  const allowed = [...intents.values()].flat().filter((one) => one.kind === "intent" && one.decision === "allow");
  const endOf = (one: AuditEntry) => ends.get(idOf(one))?.[0];
  const outcomeOf = (one: AuditEntry) => {
    const end = endOf(one);
    return end?.kind === "end" ? end.outcome : undefined;
  };
  return {
    intents,
    ran: allowed.filter((one) => outcomeOf(one) !== "not_started"),
    open: allowed.filter((one) => endOf(one) === undefined).map(idOf),
    interrupted: allowed.filter((one) => outcomeOf(one) === "interrupted").length,
  };
}

function idOf(entry: AuditEntry): string {
  return "execution_id" in entry ? entry.execution_id : "";
}

/**
 * Everything that must not be, one line each: an answer without its entry, a run without an intent, an execution that stays
 * open, a token that was good twice, a log that does not hold.
 */
export async function logFaults(
  world: Pick<World, "entries" | "marks" | "fault">,
  attempts: readonly Attempt[],
): Promise<readonly string[]> {
  const entries = await world.entries();
  const { intents, ran, open } = factsOf(entries);
  const marks = world.marks();
  const faults: string[] = [];
  for (const attempt of attempts) {
    const answers = attempt.answers.flatMap((answer) => answer ?? []);
    for (const { body } of answers) {
      const id = String(body.execution_id);
      const found = intents.get(id)?.length ?? 0;
      if (body.execution_id !== undefined && found !== 1)
        faults.push(`${id} was answered, and is ${found} times in the log`);
    }
    const good = answers.filter(({ status }) => status === 200).length;
    const times = marks.get(attempt.n) ?? 0;
    if (good > 1) faults.push(`${attempt.n}: the token was good ${good} times`);
    if (times > 1) faults.push(`${attempt.n}: the command ran ${times} times`);
    if (good === 1 && times !== 1) faults.push(`${attempt.n}: answered as run, and ran ${times} times`);
  }
  const commands = new Set(ran.map((one) => (one.kind === "intent" ? one.command : null)));
  for (const n of marks.keys()) if (!commands.has(marking(n))) faults.push(`${n}: it ran, and no intent says so`);
  const tokens = Map.groupBy(ran, (one) => (one.kind === "intent" ? one.token_id : null));
  for (const [token, runs] of tokens) {
    if (runs.length > 1) faults.push(`the token ${token} was taken ${runs.length} times`);
  }
  faults.push(...open.map((id) => `${id} was opened and never closed`));
  const fault = await world.fault();
  return fault === undefined ? faults : [...faults, fault];
}
