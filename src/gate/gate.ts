import { parseCommand } from "../command/index.js";
import type { Clock, Obligations, Random, RequestInput } from "../model/index.js";
import { endEntry, intentEntry } from "./audit-entries.js";
import { type FactSources, gatherInput } from "./gather-input.js";
import type { ExecutionEnd, OutputFilter, Policy, PolicySource, Recorder } from "./ports.js";
import { refusedBy, refusedOutcome } from "./refusals.js";
import type { Outcome, Submission, Verdict } from "./submission.js";

/** Everything a gate is made of. */
export type GateParts = FactSources & {
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
   */
  submit(submission: Submission): Promise<Outcome>;
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
    submit: async (given) => {
      let executionId = "unnamed-execution";
      try {
        executionId = Buffer.from(parts.random.bytes(16)).toString("base64url");
        return await pass(parts, executionId, copyOf(given));
      } catch (error) {
        // Nothing below throws by design; were it to, this is still a refusal.
        parts.onFailure(error);
        return refusedOutcome(executionId, refusedBy("gate", "internal/bug"));
      }
    },
  };
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

async function pass(parts: GateParts, executionId: string, submission: Submission): Promise<Outcome> {
  const policy = currentPolicy(parts);
  const verdict = await judgeBy(policy, parts, submission);
  try {
    await parts.recorder.append(await intentEntry(executionId, submission, verdict, parts.filter));
  } catch (error) {
    // A refusal stays the refusal it was; that it could not be recorded is said as well.
    parts.onFailure(error);
    const unrecorded = refusedBy("gate", "gate/record");
    const violations = [...verdict.violations, ...unrecorded.violations];
    return refusedOutcome(executionId, { ...unrecorded, violations });
  }
  const { phase, input, decision } = verdict;
  if (phase !== null || input === null || policy === undefined) return refusedOutcome(executionId, verdict);
  return carryOut(parts, { executionId, submission, policy, input, obligations: decision.obligations });
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
    if (identity === undefined) return refusedBy("gate", "gate/identity");
    const argv = argvOf(submission);
    if (!argv.ok) return { ...argv.verdict, subject: identity.subject.id };
    const input = await gatherInput(submission, identity, argv.value, policy, parts, parts.clock.nowMs());
    return { ...verdictOf(policy, input), subject: identity.subject.id };
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
};

/** From here on the intent is recorded: whatever happens, an end is recorded too. */
async function carryOut(parts: GateParts, passage: Passage): Promise<Outcome> {
  const { executionId } = passage;
  const lost = await open(parts, passage);
  const { end, why } = lost === undefined ? await run(parts, passage) : notRun(lost);
  // Each is done whatever becomes of the other: an end that is not recorded is worse than a quota that stays taken.
  const settled = await Promise.allSettled([
    lost === undefined ? attempt(() => parts.ledger.close(executionId, actualsOf(passage, end))) : undefined,
    attempt(() => parts.recorder.append(endEntry(executionId, end))),
  ]);
  const failures = settled.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
  for (const failure of failures) parts.onFailure(failure);
  if (failures.length > 0) {
    const detail = { ran: end.outcome !== "not_started" };
    return refusedOutcome(executionId, refusedBy("gate", "gate/record", undefined, detail));
  }
  return why === undefined ? { kind: "finished", executionId, end } : refusedOutcome(executionId, why);
}

/** Takes nonce, approval and quota; gives the refusal where somebody else had them first or the store is away. */
async function open(parts: GateParts, { executionId, input, obligations }: Passage): Promise<Verdict | undefined> {
  try {
    const opened = await parts.ledger.open({
      executionId,
      nowMs: input.now_ms,
      nonce: input.token?.jti ?? null,
      approvalUse: input.token === null ? null : input.approval_id,
      reservations: obligations.consume,
    });
    if (opened.kind === "opened") return undefined;
    const code = opened.which === "quota" ? "gate/quota" : "gate/replay";
    return refusedBy("gate", code, undefined, { lost: opened.which });
  } catch (error) {
    parts.onFailure(error);
    return refusedBy("gate", "gate/store");
  }
}

/** Calls what was handed in so that it can only reject, never throw. */
async function attempt<T>(call: () => Promise<T>): Promise<T> {
  return call();
}

/** An end, and why it is answered with a refusal where it is. */
type Ran = { readonly end: ExecutionEnd; readonly why?: Verdict };

async function run(parts: GateParts, { submission, input, obligations }: Passage): Promise<Ran> {
  const { run: program, limits } = obligations;
  if (program === null || limits === null) return notRun(refusedBy("gate", "engine/decision"));
  const { argv, cwd } = input.action;
  const execution = { path: program.path, argv, cwd, env: program.env, stdin: submission.stdin, limits };
  const raw = await attempt(() => parts.executor.run(execution)).catch((error: unknown) => {
    parts.onFailure(error);
    return undefined;
  });
  if (raw === undefined || raw.outcome === "not_started") return notRun(refusedBy("gate", "gate/executor"));
  return filtered(parts, raw);
}

/** Raw output leaves only through the filter; where that fails, nothing of it does. */
async function filtered({ filter, onFailure }: GateParts, raw: ExecutionEnd): Promise<Ran> {
  try {
    const [stdout, stderr] = await Promise.all([
      filter.output(raw.stdout, "stdout"),
      filter.output(raw.stderr, "stderr"),
    ]);
    return { end: { ...raw, stdout, stderr } };
  } catch (error) {
    onFailure(error);
    return { end: { ...raw, stdout: nothing, stderr: nothing }, why: refusedBy("gate", "gate/filter") };
  }
}

const nothing = new Uint8Array();

function notRun(why: Verdict): Ran {
  const end = { exitCode: null, signal: null, durationMs: 0, stdout: nothing, stderr: nothing };
  return { end: { ...end, outcome: "not_started" }, why };
}

/** What was really used of what was reserved at its worst. Resources that nobody measures stay reserved. */
function actualsOf({ policy, obligations }: Passage, end: ExecutionEnd): Record<string, number> {
  const measured: Readonly<Record<string, number>> = {
    wall_ms: Math.ceil(end.durationMs),
    output_bytes: end.stdout.length + end.stderr.length,
  };
  return Object.fromEntries(
    obligations.consume.flatMap(({ key }) => {
      const limitId = key.slice(key.lastIndexOf("/") + 1);
      const used = measured[policy.limits[limitId]?.resource ?? ""];
      return used === undefined ? [] : [[key, used]];
    }),
  );
}
