import type { AuditEntry, CommandAction, IsolationFacts, Obligations, Place, Violation } from "../model/index.js";

type Of<Kind extends AuditEntry["kind"]> = Extract<AuditEntry, { readonly kind: Kind }>;

/** Something that happened to an approval or to an execution. */
export type RetracedEvent = Pick<Of<"event">, "at_ms" | "name" | "actor" | "roles" | "detail">;

/** A rule that objected, with the line of policy where it stands. */
export type RetracedRule = Violation & { readonly place: Place | null };

/** Where an entry is in the log. */
export type EntryPlace = Pick<AuditEntry, "writer" | "seq" | "kind" | "at_ms">;

/** One execution from the question to what came out, as the log has it. What the log does not have is null. */
export type Retraced = {
  readonly execution_id: string;
  readonly asked: {
    readonly by: string;
    readonly channel: string;
    readonly at_ms: number;
    readonly command: string | null;
    readonly token_id: string | null;
  } | null;
  readonly approved: {
    readonly approval_id: string;
    readonly by: readonly string[];
    readonly events: readonly RetracedEvent[];
  } | null;
  readonly decided: {
    readonly decision: Of<"intent">["decision"];
    readonly bundle_sha256: string | null;
    readonly rules: readonly RetracedRule[];
  } | null;
  /** What it was to be run as; null where it was refused or nothing could be read as a command. */
  readonly ran: {
    readonly path: string | null;
    readonly argv: readonly string[];
    readonly cwd: string;
    readonly env: Readonly<Record<string, string>>;
    readonly cmd_hash: string;
    readonly isolation: { readonly required: Obligations["isolation"]; readonly in_force: IsolationFacts | null };
    readonly limits: Obligations["limits"];
  } | null;
  readonly ended: Pick<
    Of<"end">,
    "at_ms" | "outcome" | "reason" | "exit_code" | "signal" | "duration_ms" | "cpu_ms" | "memory_peak_bytes"
  > | null;
  readonly came_out: Pick<Of<"end">, "stdout_sha256" | "stderr_sha256" | "output_bytes"> | null;
  /** What else happened to it. */
  readonly events: readonly RetracedEvent[];
  readonly entries: readonly EntryPlace[];
};

/** Says where a rule stands, by its id; undefined where that is not known of the bundle that decided. */
export type RulePlaces = (id: string, bundleSha256: string | null) => Place | undefined;

/**
 * Puts together what the log has about one execution: who asked, who approved, which bundle and rules decided, what ran under
 * which isolation, how it ended, and the hashes of what came out.
 *
 * @param entries - about the execution and its approval, in any order; others are passed over
 * @returns undefined where none of them is about the execution
 */
export function retrace(
  executionId: string,
  entries: readonly AuditEntry[],
  placeOf: RulePlaces,
): Retraced | undefined {
  const own = entries.filter((entry) => isAbout(entry, executionId));
  if (own.length === 0) return undefined;
  const intent = own.find((entry) => entry.kind === "intent");
  const end = own.findLast((entry) => entry.kind === "end");
  const approvalId = intent?.approval_id ?? null;
  const approvals = approvalId === null ? [] : eventsOf(entries, approvalId);
  const used = [...own, ...entries.filter((entry) => approvalId !== null && isEventOf(entry, approvalId))];
  return {
    execution_id: executionId,
    asked: intent === undefined ? null : askedOf(intent),
    approved: intent === undefined ? null : approvedOf(intent, approvals),
    decided: intent === undefined ? null : decidedOf(intent, placeOf),
    ran:
      intent === undefined || intent.decision !== "allow" || intent.action === null
        ? null
        : ranOf(intent, intent.action),
    ended: end === undefined ? null : endedOf(end),
    came_out: end === undefined ? null : cameOutOf(end),
    events: eventsOf(entries, executionId),
    entries: used
      .map(({ writer, seq, kind, at_ms }) => ({ writer, seq, kind, at_ms }))
      .sort((a, b) => a.at_ms - b.at_ms),
  };
}

/** The executions that entries are about, in order of their first entry. */
export function executionsIn(entries: readonly AuditEntry[]): readonly string[] {
  const ids = entries.flatMap((entry) => (entry.kind === "intent" || entry.kind === "end" ? [entry.execution_id] : []));
  return [...new Set(ids)];
}

/** @requirement MEX-05 */
function isAbout(entry: AuditEntry, executionId: string): boolean {
  if (entry.kind === "intent" || entry.kind === "end") return entry.execution_id === executionId;
  return isEventOf(entry, executionId);
}

/**
 * Entries of other kinds have no object.
 *
 * @requirement MEX-05
 */
function isEventOf(entry: AuditEntry, object: string): boolean {
  return "object" in entry && entry.object === object;
}

function eventsOf(entries: readonly AuditEntry[], object: string): readonly RetracedEvent[] {
  return entries
    .filter((entry) => entry.kind === "event" && entry.object === object)
    .flatMap((entry) => (entry.kind === "event" ? [entry] : []))
    .map(({ at_ms, name, actor, roles, detail }) => ({ at_ms, name, actor, roles, detail }))
    .sort((a, b) => a.at_ms - b.at_ms);
}

/** @requirement MEX-04 */
function askedOf({ subject, channel, at_ms, command, token_id }: Of<"intent">): Retraced["asked"] {
  return { by: subject, channel, at_ms, command, token_id };
}

/** @requirement MEX-04 */
function approvedOf({ approval_id, approvers }: Of<"intent">, events: readonly RetracedEvent[]): Retraced["approved"] {
  return approval_id === null ? null : { approval_id, by: approvers, events };
}

/** @requirement MEX-04 */
function decidedOf({ decision, bundle_sha256, violations }: Of<"intent">, placeOf: RulePlaces): Retraced["decided"] {
  const rules = violations.map((violation) => ({
    ...violation,
    place: placeOf(violation.rule, bundle_sha256) ?? null,
  }));
  return { decision, bundle_sha256, rules };
}

/** @requirement MEX-04 */
function ranOf({ obligations, isolation }: Of<"intent">, { argv, cwd, env, cmd_hash }: CommandAction): Retraced["ran"] {
  const run = obligations.run ?? { path: null, env: {} };
  return {
    path: run.path,
    argv,
    cwd,
    env: { ...env, ...run.env },
    cmd_hash,
    isolation: { required: obligations.isolation, in_force: isolation },
    limits: obligations.limits,
  };
}

function endedOf(end: Of<"end">): Retraced["ended"] {
  const { at_ms, outcome, reason, exit_code, signal, duration_ms, cpu_ms, memory_peak_bytes } = end;
  return { at_ms, outcome, reason, exit_code, signal, duration_ms, cpu_ms, memory_peak_bytes };
}

/** @requirement MEX-04 */
function cameOutOf({ stdout_sha256, stderr_sha256, output_bytes }: Of<"end">): Retraced["came_out"] {
  return { stdout_sha256, stderr_sha256, output_bytes };
}
