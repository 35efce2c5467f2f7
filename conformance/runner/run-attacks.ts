import fc from "fast-check";
import type { CheckResult } from "../../src/index.js";
import type { Attack, AttackContext } from "../attacks/index.js";

/** How a run of the property attacks is sized and told. */
export type AttackRun = {
  readonly seed: number;
  /** Inputs over all attacks; each gets its share by weight. */
  readonly inputs: number;
  /** Called after each attack, so that others may use the thread and a progress line may move. */
  afterEach(attack: Attack): Promise<void>;
};

/** An attack's outcome: the check, and how many inputs it really asked. */
export type AttackOutcome = { readonly check: CheckResult; readonly asked: number };

/**
 * Runs property attacks one after the other.
 *
 * @returns one outcome an attack, in the given order; a counterexample is shrunk, and replays from the seed and path told
 * @requirement HAR-07
 */
export async function runAttacks(
  attacks: readonly Attack[],
  context: AttackContext,
  run: AttackRun,
): Promise<AttackOutcome[]> {
  const weights = attacks.reduce((sum, attack) => sum + attack.weight, 0);
  const outcomes: AttackOutcome[] = [];
  for (const attack of attacks) {
    outcomes.push(await runAttack(attack, context, run.seed, Math.ceil((run.inputs * attack.weight) / weights)));
    await run.afterEach(attack);
  }
  return outcomes;
}

async function runAttack(
  attack: Attack,
  context: AttackContext,
  seed: number,
  numRuns: number,
): Promise<AttackOutcome> {
  let asked = 0;
  const counted: AttackContext = {
    ...context,
    decide: (entrypoint, input) => {
      asked++;
      return context.decide(entrypoint, input);
    },
  };
  const failure = await failureOf(attack, counted, seed, numRuns);
  const check: CheckResult = {
    id: attack.id,
    kind: "attack",
    title: attack.claim,
    requirements: [...attack.requirements],
    status: failure === undefined ? "pass" : "fail",
    file: `conformance/attacks/${attack.id}.attack.ts`,
    row: 1,
    inputs: numRuns,
    ...(failure === undefined ? {} : { detail: failure.slice(0, 20_000) }),
  };
  return { check, asked };
}

async function failureOf(
  attack: Attack,
  context: AttackContext,
  seed: number,
  numRuns: number,
): Promise<string | undefined> {
  try {
    const details = await fc.check(attack.property(context), { seed, numRuns });
    if (!details.failed) return undefined;
    const reason =
      details.errorInstance instanceof Error ? details.errorInstance.message : String(details.errorInstance);
    const input = JSON.stringify(details.counterexample);
    return `${reason}\nshrunk input: ${input}\nreplay: seed ${details.seed}, path ${details.counterexamplePath ?? "0"}`;
  } catch (error) {
    return `the attack could not start: ${error instanceof Error ? error.message : String(error)}`;
  }
}
