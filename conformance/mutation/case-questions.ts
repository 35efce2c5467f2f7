import {
  createGate,
  createMemoryTakings,
  type Entrypoint,
  localParts,
  localSubmission,
  type Policy,
  plainExecutor,
  refusal,
  splitLedger,
  systemRandom,
  type Trial,
} from "../../src/index.js";
import { nowMs } from "../attacks/index.js";
import { questionOf, type SpecCase, type SpecSuite } from "../spec/index.js";

/** A case as the rules are asked it: which entrypoint, with which input. */
export type CaseQuestion = {
  readonly item: SpecCase;
  readonly entrypoint: Entrypoint;
  readonly input: unknown;
};

/** What `git init` leaves, which is what a case finds. */
const freshRepository = {
  config_keys: ["core.bare", "core.filemode", "core.logallrefupdates", "core.repositoryformatversion"],
};

const place = { cwd: "/workspace", workspace: "/workspace" };

/**
 * Works out what each case asks of the rules, running nothing: commands go through the gate up to its question. What the
 * parser refuses asks nothing, nor does a case that is withdrawn, skipped or expected to fail. The input is the same on
 * every machine and for every version of the rules.
 */
export async function caseQuestions(
  suites: readonly SpecSuite[],
  limits: Policy["limits"],
): Promise<readonly CaseQuestion[]> {
  const asked: CaseQuestion[] = [];
  for (const suite of suites) {
    for (const item of suite.cases) {
      if (item.withdrawn !== undefined || item.skip !== undefined || item.xfail !== undefined) continue;
      const found = await ask(item, suite, limits);
      if (found !== undefined) asked.push({ item, ...found });
    }
  }
  return asked;
}

async function ask(
  item: SpecCase,
  suite: SpecSuite,
  limits: Policy["limits"],
): Promise<{ entrypoint: Entrypoint; input: unknown } | undefined> {
  const question = questionOf(item, suite);
  if (question.kind !== "command" && question.kind !== "argv") {
    return { entrypoint: question.kind, input: question.input };
  }
  const asked: { entrypoint: Entrypoint; input: unknown }[] = [];
  const listening: Policy = {
    sha256: "b".repeat(64),
    limits,
    wantsRepository: () => true,
    decide: (entrypoint, input) => {
      asked.push({ entrypoint, input });
      return refusal("mutation/asked", "only the question matters");
    },
    ruleAt: () => undefined,
  };
  const clock = { nowMs: () => nowMs };
  const recorder = { append: async () => undefined };
  const gate = createGate({
    ...localParts("conformance"),
    policies: { current: () => listening },
    ledger: splitLedger(createMemoryTakings(clock), recorder),
    repository: { read: async () => freshRepository },
    executor: plainExecutor,
    recorder,
    clock,
    random: systemRandom,
    onFailure: () => undefined,
  });
  const { profile = "readonly" } = question;
  const command = question.kind === "command" ? question.text : question.argv;
  await gate.judge({ ...localSubmission, ...place, command, profile });
  return asked[0];
}

/** What a case asserts of a decision, as the toolchain compares it. */
export function expectationOf({ expect }: SpecCase): NonNullable<Trial["expect"]> {
  return {
    allow: expect.decision === "allow",
    rules: expect.violations === undefined ? null : [...new Set(expect.violations)].sort(),
    treatment: expect.treatment ?? null,
  };
}
