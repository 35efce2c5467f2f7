import { accessSync, constants } from "node:fs";
import {
  type CheckResult,
  createGate,
  createMemoryTakings,
  type Execution,
  type GateParts,
  localParts,
  localSubmission,
  type Policy,
  plainExecutor,
  type Recorder,
  type RepositoryFacts,
  splitLedger,
  systemRandom,
  type Violation,
} from "../../src/index.js";
import { nowMs } from "../attacks/index.js";
import type { Question } from "../oracle/index.js";
import { type CaseQuestion, questionOf, type SpecCase, type SpecSuite } from "../spec/index.js";
import { differences, type Observation, observeDecision } from "./case-observation.js";
import type { ScratchWorkspace } from "./scratch-workspace.js";

/** A case's check, what was asked of the policy on its way, and whether something got through that must not. */
export type CaseOutcome = {
  readonly item: SpecCase;
  readonly check: CheckResult;
  readonly questions: readonly Question[];
  readonly bypass: boolean;
};

/** What cases run against. */
export type CaseWorld = {
  readonly policy: Policy;
  readonly workspace: ScratchWorkspace;
  /** Every submission is recorded, as it would be in use. */
  readonly recorder: Recorder;
  readonly repository: RepositoryFacts;
};

/** Runs every case of a suite for real: commands through the whole gate in a scratch workspace, inputs through the engine. */
export async function runSuite(suite: SpecSuite, world: CaseWorld): Promise<CaseOutcome[]> {
  const outcomes: CaseOutcome[] = [];
  for (const item of suite.cases) outcomes.push(await runCase(item, suite, world));
  return world.workspace.isUntouched() ? outcomes : outcomes.map(withSideEffect);
}

/** A refused case left something behind; which one is not known, so none of the suite counts. */
function withSideEffect(outcome: CaseOutcome): CaseOutcome {
  const detail = "something in this suite changed the workspace";
  return { ...outcome, check: { ...outcome.check, status: "fail", detail } };
}

async function runCase(item: SpecCase, suite: SpecSuite, world: CaseWorld): Promise<CaseOutcome> {
  const { policy } = world;
  const notRun = item.withdrawn ?? item.skip;
  if (notRun !== undefined) return { item, check: checkOf(item, "skip", notRun), questions: [], bypass: false };
  const questions: Question[] = [];
  const listening: Policy = {
    ...policy,
    decide: (entrypoint, input) => {
      const decision = policy.decide(entrypoint, input);
      questions.push({ entrypoint, input, decision });
      return decision;
    },
  };
  const seen = await observe(questionOf(item, suite), { ...world, policy: listening });
  const wrong = differences(item, seen);
  const bypass = item.xfail === undefined && item.expect.decision === "deny" && seen.decision === "allow";
  return { item, check: judged(item, explained(item, seen, wrong, policy), seen.notRun), questions, bypass };
}

/** Adds to what went wrong the line of each rule that should have spoken and did not, or the reverse, and what it is for. */
function explained(item: SpecCase, seen: Observation, wrong: readonly string[], policy: Policy): readonly string[] {
  if (wrong.length === 0) return wrong;
  const expected = new Set(item.expect.violations ?? []);
  const rules = [...expected.symmetricDifference(new Set(seen.rules))].sort();
  const places = rules.flatMap((rule) => {
    const place = policy.ruleAt(rule);
    return place === undefined ? [] : [`${rule} stands at ${place.file}:${place.row}`];
  });
  return [...wrong, ...places, `the case speaks for ${item.requirements.join(", ")}`];
}

function judged(item: SpecCase, wrong: readonly string[], notRun: string | undefined): CheckResult {
  if (item.xfail !== undefined) {
    return wrong.length > 0
      ? checkOf(item, "xfail", item.xfail)
      : checkOf(item, "xpass", `passes, though expected to fail: ${item.xfail}`);
  }
  return wrong.length > 0 ? checkOf(item, "fail", wrong.join("\n")) : checkOf(item, "pass", notRun);
}

function checkOf(item: SpecCase, status: CheckResult["status"], detail?: string): CheckResult {
  const { id, title, requirements, file, row } = item;
  const base = { id, kind: "case" as const, title, requirements: [...requirements], status, file, row, inputs: 1 };
  return detail === undefined ? base : { ...base, detail };
}

async function observe(question: CaseQuestion, world: CaseWorld): Promise<Observation> {
  if (question.kind === "command") return observeCommand(question.text, question.profile, world);
  if (question.kind === "argv") return observeCommand(question.argv, question.profile, world);
  return observeDecision(world.policy.decide(question.kind, question.input));
}

/** Everything is refused or run for real; other profiles than `readonly` may change the workspace, and are only judged. */
async function observeCommand(
  command: string | readonly string[],
  profile = "readonly",
  world: CaseWorld,
): Promise<Observation> {
  const { path } = world.workspace;
  const submission = { ...localSubmission, command, profile, cwd: path, workspace: path };
  const executions: Execution[] = [];
  const gate = createGate(partsOf(world, executions));
  if (profile !== "readonly") {
    const verdict = await gate.judge(submission);
    if (verdict.phase !== null) return observeRefusal(verdict.phase, verdict.violations);
    return { ...allowed, notRun: `decided only: the profile ${profile} may change files` };
  }
  const outcome = await gate.submit(submission);
  const [execution] = executions;
  if (outcome.kind === "refused") {
    if (execution === undefined) return observeRefusal(outcome.phase, outcome.violations);
    const missing = !isExecutable(execution.path);
    if (missing) return { ...allowed, notRun: `decided only: ${execution.path} is not on this machine` };
    return { ...observeRefusal(outcome.phase, outcome.violations), sideEffect: "refused, and yet it was run" };
  }
  const stdout = Buffer.from(outcome.end.stdout).toString("utf8");
  return world.workspace.isUntouched()
    ? { ...allowed, stdout }
    : { ...allowed, stdout, sideEffect: "the workspace was changed" };
}

const allowed = { decision: "allow" as const, phase: null, rules: [] };

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function observeRefusal(phase: string, violations: readonly Violation[]): Observation {
  const rules = [...new Set(violations.map(({ rule }) => rule))].sort();
  const offset = violations[0]?.detail.offset;
  const base = { decision: "deny" as const, phase, rules };
  return typeof offset === "number" ? { ...base, offset } : base;
}

/** A gate as `lockkeeper exec` has it, but for a fixed clock, a ledger of its own, and an ear at the executor. */
function partsOf({ policy, recorder, repository }: CaseWorld, executions: Execution[]): GateParts {
  const clock = { nowMs: () => nowMs };
  return {
    ...localParts("conformance"),
    policies: { current: () => policy },
    ledger: splitLedger(createMemoryTakings(clock), recorder),
    repository,
    executor: {
      ...plainExecutor,
      run: (execution, sink) => {
        executions.push(execution);
        return plainExecutor.run(execution, sink);
      },
    },
    recorder,
    clock,
    random: systemRandom,
    onFailure: () => undefined,
  };
}
