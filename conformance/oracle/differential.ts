import canonicalize from "canonicalize";
import type { Decision, Entrypoint } from "../../src/index.js";
import { shrinkInput } from "./shrink-input.js";

/** A question that was asked of the compiled policy, and its answer. */
export type Question = { readonly entrypoint: Entrypoint; readonly input: unknown; readonly decision: Decision };

/** Asks OPA's own interpreter; one answer an input, `undefined` where the rule is undefined. */
export type Interpret = (entrypoint: Entrypoint, inputs: readonly unknown[]) => Promise<readonly unknown[]>;

/** An input that the two answer differently, made as small as it stays different. */
export type Disagreement = {
  readonly entrypoint: Entrypoint;
  readonly input: unknown;
  readonly compiled: unknown;
  readonly interpreted: unknown;
};

const batchSize = 250;

/**
 * Asks the interpreter what the compiled policy was asked, and compares whole decisions as canonical JSON.
 *
 * @param ask - the compiled policy, asked again while a disagreement is made smaller
 * @returns at most ten disagreements; none is what must be
 * @requirement HAR-08
 */
export async function compareWithInterpreter(
  questions: readonly Question[],
  interpret: Interpret,
  ask: (entrypoint: Entrypoint, input: unknown) => Decision,
): Promise<Disagreement[]> {
  const batches = batchesOf(questions);
  const different = (await Promise.all(batches.map((batch) => differingIn(batch, interpret)))).flat().slice(0, 10);
  return Promise.all(
    different.map(async ({ entrypoint, input }) => {
      const interpretOne = async (value: unknown) => (await interpret(entrypoint, [value]))[0];
      const small = await shrinkInput(input, async (value) => !same(ask(entrypoint, value), await interpretOne(value)));
      return { entrypoint, input: small, compiled: ask(entrypoint, small), interpreted: await interpretOne(small) };
    }),
  );
}

function batchesOf(questions: readonly Question[]): Question[][] {
  const batches: Question[][] = [];
  for (const entrypoint of new Set(questions.map((question) => question.entrypoint))) {
    const asked = questions.filter((question) => question.entrypoint === entrypoint);
    for (let at = 0; at < asked.length; at += batchSize) batches.push(asked.slice(at, at + batchSize));
  }
  return batches;
}

async function differingIn(batch: readonly Question[], interpret: Interpret): Promise<Question[]> {
  const [first] = batch;
  if (first === undefined) return [];
  const answers = await interpret(
    first.entrypoint,
    batch.map((question) => question.input),
  );
  return batch.filter((question, index) => !same(question.decision, answers[index]));
}

function same(a: unknown, b: unknown): boolean {
  return canonicalize(a) === canonicalize(b);
}
