import {
  type Evaluation,
  err,
  type LoadedPolicy,
  ok,
  type PolicyTree,
  type Problem,
  problemsOf,
  type Result,
  type Toolchain,
} from "../../src/index.js";
import type { Interpret, Question } from "../oracle/index.js";
import type { Execution } from "../verdict/index.js";

/** OPA's own interpreter on the same policies and data: the second opinion, and the source of line coverage. */
export type Interpreter = {
  /** Rejects where the interpreter failed; an answer that is an error is given as such, and agrees with nothing. */
  readonly interpret: Interpret;
  /** Replays what a check asked: the lines of policy that ran, and the answer to each input. */
  replay(check: string, questions: readonly Question[]): Promise<Replay>;
};

/** A check's questions as the interpreter met them. */
export type Replay = {
  readonly executions: readonly Execution[];
  readonly answers: readonly (readonly [input: unknown, answer: unknown])[];
};

/** Loads the policies into the interpreter. */
export async function openInterpreter(
  tree: Pick<PolicyTree, "modules" | "data">,
  toolchain: Toolchain,
): Promise<Result<Interpreter, readonly Problem[]>> {
  const loaded = await toolchain.load({ files: tree.modules, data: tree.data });
  return loaded.ok ? ok(interpreterOf(loaded.value)) : err(problemsOf(loaded.error));
}

function interpreterOf(policy: LoadedPolicy): Interpreter {
  return {
    interpret: async (entrypoint, inputs) => (await evaluate(policy, entrypoint, inputs, false)).map(answerOf),
    replay: async (check, questions) => {
      const replayed = await Promise.all(
        questions.map(async ({ entrypoint, input }) => ({
          input,
          evaluations: await evaluate(policy, entrypoint, [input], true),
        })),
      );
      return {
        answers: replayed.map(({ input, evaluations: [first] }) => [input, first && answerOf(first)]),
        executions: replayed.flatMap(({ evaluations }) => evaluations.flatMap((one) => executionsOf(check, one))),
      };
    },
  };
}

/** What was decided; an error is an answer that agrees with nothing. */
function answerOf({ defined, result, error }: Evaluation): unknown {
  if (error !== undefined) return { error };
  return defined ? result : undefined;
}

function executionsOf(check: string, { covered = {} }: Evaluation): Execution[] {
  return Object.entries(covered).map(([file, ranges]) => ({
    check,
    file,
    lines: ranges.map(([from, to]) => ({ from, to })),
  }));
}

async function evaluate(policy: LoadedPolicy, entrypoint: string, inputs: readonly unknown[], coverage: boolean) {
  const answers = await policy.evaluate({ path: `main/${entrypoint}`, inputs, coverage });
  if (!answers.ok) throw new Error(answers.error.message);
  return answers.value;
}
