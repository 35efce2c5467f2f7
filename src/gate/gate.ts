import { parseCommand } from "../command/index.js";
import type { Clock, Entry, Obligations, Problem, Random, RequestInput } from "../model/index.js";
import { endEntry, intentEntry } from "./audit-entries.js";
import { filteredOutput } from "./filtered-output.js";
import { type FactSources, gatherInput } from "./gather-input.js";
import type { ExecutionEnd, Ledger, OutputFilter, OutputSink, Policy, PolicySource, Recorder } from "./ports.js";
import { refusedBy, refusedOutcome } from "./refusals.js";
import { NotRecorded } from "./split-ledger.js";
import type { Outcome, Submission, Verdict } from "./submission.js";

/** Everything a gate is made of. */
export type GateParts = FactSources & {
  readonly ledger: Ledger;
  readonly policies: PolicySource;
  readonly recorder: Recorder;
  readonly filter: OutputFilter;
  readonly clock: Clock;
  readonly random: Random;
  /** Told what failed and why; callers are told that it did. */
  readonly onFailure: (error: unknown) => void;
};

/** The pipeline: authenticate, parse once, gather, decide, open, run, filter, close, answer. */
export interface Gate {
  /**
   * Decides and, if allowed, runs. Never rejects: whatever fails is a refusal.
   *
   * INVARIANT: the intent is durable before the nonce is taken, and both before anything runs.
   *
   * @param listener - told what is let out of the output while it runs
   */
  submit(submission: Submission, listener?: OutputSink): Promise<Outcome>;
  /**
   * Records an attempt that never became a submission, such as a malformed request, and gives its refusal. Never rejects.
   *
   * @param about - what is known of it
   */
  refuse(about: Pick<Submission, "channel" | "command" | "approvalId">, problem: Problem): Promise<Outcome>;
  /** Decides only: opens nothing, records nothing, runs nothing. Never rejects. */
  judge(submission: Submission): Promise<Verdict>;
}

/**
 * Builds a gate from its parts.
 *
 * @requirement MEX-01
 */
export function createGate(parts: GateParts): Gate {
  return {
    judge: async (submission) => judgeBy(currentPolicy(parts), parts, copyOf(submission)),
    submit: (given, listener = () => undefined) =>
      named(parts, (executionId) => pass(parts, executionId, copyOf(given), listener)),
    refuse: (about, { code, message }) =>
      named(parts, (executionId) => {
        const verdict = refusedBy("parse", code, message);
        return refuse(parts, executionId, intentEntry(executionId, about, verdict, parts.filter), verdict);
      }),
  };
}

/** Names an execution and sees it through. Nothing below throws by design; were it to, this is still a refusal. */
async function named(parts: GateParts, pass: (executionId: string) => Promise<Outcome>): Promise<Outcome> {
  let executionId = "unnamed-execution";
  try {
    executionId = Buffer.from(parts.random.bytes(16)).toString("base64url");
    return await pass(executionId);
  } catch (error) {
    parts.onFailure(error);
    return refusedOutcome(executionId, refusedBy("gate", "internal/bug"));
  }
}

/** What was judged is what runs, whatever the caller does to its own copy in the meantime. */
function copyOf(submission: Submission): Submission {
  const { command, env, limits, stdin } = submission;
  return {
    ...submission,
    command: typeof command === "string" ? command : [...command],
    env: { ...env },
    limits: { ...limits },
    stdin: stdin === null ? null : Uint8Array.from(stdin),
  };
}

async function pass(
  parts: GateParts,
  executionId: string,
  submission: Submission,
  listener: OutputSink,
): Promise<Outcome> {
  const policy = currentPolicy(parts);
  const verdict = await judgeBy(policy, parts, submission);
  const intent = attemptNow(parts, () => intentEntry(executionId, submission, verdict, parts.filter));
  if (intent === undefined) return unrecorded(executionId, verdict);
  const { phase, input, decision } = verdict;
  if (phase !== null || input === null || policy === undefined) return refuse(parts, executionId, intent, verdict);
  return carryOut(parts, {
    executionId,
    submission,
    policy,
    input,
    obligations: decision.obligations,
    intent,
    listener,
  });
}

/** Records a refusal. It stays the refusal it was where that fails; that it could not be recorded is said as well. */
async function refuse(parts: GateParts, executionId: string, intent: Entry, verdict: Verdict): Promise<Outcome> {
  try {
    await parts.recorder.append(intent);
    return refusedOutcome(executionId, verdict);
  } catch (error) {
    parts.onFailure(error);
    return unrecorded(executionId, verdict);
  }
}

function unrecorded(executionId: string, verdict: Verdict): Outcome {
  const { phase, violations } = refusedBy("gate", "gate/record");
  return { kind: "refused", executionId, phase: phase ?? "gate", violations: [...verdict.violations, ...violations] };
}

/** Makes what is to be recorded; undefined where that throws. */
function attemptNow<T>({ onFailure }: GateParts, make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    onFailure(error);
    return undefined;
  }
}

function currentPolicy(parts: GateParts): Policy | undefined {
  try {
    return parts.policies.current();
  } catch (error) {
    parts.onFailure(error);
    return undefined;
  }
}

async function judgeBy(policy: Policy | undefined, parts: GateParts, submission: Submission): Promise<Verdict> {
  if (policy === undefined) return refusedBy("gate", "bundle/invalid");
  try {
    const identity = await parts.authenticator.authenticate(submission.credential, submission.channel);
    if (!identity.ok) return refusedBy("gate", identity.error.code);
    const { id } = identity.value.subject;
    const argv = argvOf(submission);
    if (!argv.ok) return { ...argv.verdict, subject: id };
    const input = await gatherInput(submission, identity.value, argv.value, policy, parts, parts.clock.nowMs());
    return { ...verdictOf(policy, input), subject: id };
  } catch (error) {
    parts.onFailure(error);
    return refusedBy("gate", "gate/store");
  }
}

function verdictOf(policy: Policy, input: RequestInput): Verdict {
  const decision = policy.decide("request", input);
  const { run, limits } = decision.obligations;
  // An allow that does not say what to run, or within which limits, is no allow.
  if (decision.allow && (run === null || limits === null)) return refusedBy("gate", "engine/decision");
  const violations = decision.violations.map((item) => ({ ...item, place: policy.ruleAt(item.rule) ?? null }));
  return { phase: decision.allow ? null : "policy", subject: input.subject.id, input, decision, violations };
}

type Argv =
  | { readonly ok: true; readonly value: readonly string[] }
  | { readonly ok: false; readonly verdict: Verdict };

/** @requirement EXE-14 */
function argvOf({ command }: Submission): Argv {
  if (typeof command !== "string") {
    const isSound = command.length > 0 && command.every((word) => word.isWellFormed() && !word.includes("\0"));
    if (isSound) return { ok: true, value: [...command] };
    return {
      ok: false,
      verdict: refusedBy("parse", "command/syntax", "a word holds NUL or is not well-formed Unicode"),
    };
  }
  const parsed = parseCommand(command);
  if (parsed.ok) return { ok: true, value: parsed.value };
  const { code, message, offset, hint } = parsed.error;
  const detail = hint === undefined ? { offset } : { offset, hint };
  return { ok: false, verdict: refusedBy("parse", code, message, detail) };
}

/** One allowed request on its way: the policy that allowed it stays its policy to the end. */
type Passage = {
  readonly executionId: string;
  readonly submission: Submission;
  readonly policy: Policy;
  readonly input: RequestInput;
  readonly obligations: Obligations;
  readonly intent: Entry;
  readonly listener: OutputSink;
};

/** Opens, runs and closes. Once the intent is recorded, an end is recorded too, whatever happens. */
async function carryOut(parts: GateParts, passage: Passage): Promise<Outcome> {
  const { executionId } = passage;
  const lost = await open(parts, passage);
  if (lost?.recorded === false) return refusedOutcome(executionId, lost.why);
  const { end, why } = lost === undefined ? await run(parts, passage) : notRun(lost.why);
  const entry = endEntry(executionId, end, why?.violations[0]?.rule ?? null);
  try {
    if (lost === undefined) await parts.ledger.close(entry, executionId, actualsOf(passage, end));
    else await parts.recorder.append(entry);
  } catch (error) {
    parts.onFailure(error);
    const detail = { ran: end.outcome !== "not_started" };
    // That somebody else was first is the answer also where it could not be recorded.
    return refusedOutcome(executionId, lost?.why ?? refusedBy("gate", "gate/record", undefined, detail));
  }
  return why === undefined ? { kind: "finished", executionId, end } : refusedOutcome(executionId, why);
}

/** Why nothing was taken, and whether the intent is recorded all the same. */
type NotOpened = { readonly why: Verdict; readonly recorded: boolean };

/** Records the intent and takes nonce, approval and quota, unless somebody else had them first or the store is away. */
async function open(parts: GateParts, passage: Passage): Promise<NotOpened | undefined> {
  const { executionId, input, obligations, intent } = passage;
  try {
    const opened = await parts.ledger.open(intent, {
      executionId,
      nowMs: input.now_ms,
      nonce: input.token?.jti ?? null,
      approvalUse: input.token === null ? null : input.approval_id,
      reservations: obligations.consume,
    });
    if (opened.kind === "opened") return undefined;
    const code = opened.which === "quota" ? "gate/quota" : "gate/replay";
    return { why: refusedBy("gate", code, undefined, { lost: opened.which }), recorded: true };
  } catch (error) {
    parts.onFailure(error);
    const recorded = !(error instanceof NotRecorded);
    return { why: refusedBy("gate", recorded ? "gate/store" : "gate/record"), recorded };
  }
}

/** Calls what was handed in so that it can only reject, never throw. */
async function attempt<T>(call: () => Promise<T>): Promise<T> {
  return call();
}

/** An end, and why it is answered with a refusal where it is. */
type Ran = { readonly end: ExecutionEnd; readonly why?: Verdict };

async function run(parts: GateParts, { executionId, submission, input, obligations, listener }: Passage): Promise<Ran> {
  const { run: program, limits, isolation } = obligations;
  if (program === null || limits === null) return notRun(refusedBy("gate", "engine/decision"));
  const { argv, cwd, workspace, profile } = input.action;
  const { path, env } = program;
  const { stdin } = submission;
  const execution = { executionId, profile, path, argv, cwd, workspace, env, stdin, limits, isolation };
  const output = filteredOutput(parts.filter, listener, parts.onFailure);
  const exit = await attempt(() => parts.executor.run(execution, output.sink)).catch((error: unknown) => {
    parts.onFailure(error);
    return undefined;
  });
  if (exit === undefined || exit.outcome === "not_started") return notRun(refusedBy("gate", "gate/executor"));
  const letOut = output.end();
  if (letOut !== undefined) return { end: { ...exit, ...letOut } };
  return { end: { ...exit, stdout: nothing, stderr: nothing }, why: refusedBy("gate", "gate/filter") };
}

const nothing = new Uint8Array();

function notRun(why: Verdict): Ran {
  const measured = { durationMs: 0, cpuMs: null, memoryPeakBytes: null };
  const end = { exitCode: null, signal: null, stdout: nothing, stderr: nothing, ...measured };
  return { end: { ...end, outcome: "not_started" }, why };
}

/** What was really used of what was reserved at its worst. Resources that nobody measures stay reserved. */
function actualsOf({ policy, obligations }: Passage, end: ExecutionEnd): Record<string, number> {
  const measured: Readonly<Record<string, number>> = {
    wall_ms: Math.ceil(end.durationMs),
    output_bytes: end.stdout.length + end.stderr.length,
    ...(end.cpuMs === null ? {} : { cpu_ms: Math.ceil(end.cpuMs) }),
  };
  return Object.fromEntries(
    obligations.consume.flatMap(({ key }) => {
      const limitId = key.slice(key.lastIndexOf("/") + 1);
      const used = measured[policy.limits[limitId]?.resource ?? ""];
      return used === undefined ? [] : [[key, used]];
    }),
  );
}
