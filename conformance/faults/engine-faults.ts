import { type Decision, err, ok, type parseCommand, refusal, verifyAudit } from "../../src/index.js";
import { type AttackContext, attacks } from "../attacks/index.js";
import { compareWithInterpreter, type Question } from "../oracle/index.js";
import { differences, observeDecision, runAttacks } from "../runner/index.js";
import type { AskedCase } from "./run-policy-faults.js";
import type { HarnessFault } from "./verdict-faults.js";

const allowAll: Decision = {
  allow: true,
  violations: [],
  obligations: {
    run: { path: "/bin/true", env: {}, risk: "low" },
    isolation: { profile: "open", requires: [] },
    limits: null,
    consume: [],
    filter: { treatment: "pass", alert: false },
  },
};
const denyAll: Decision = {
  ...refusal("main/not_granted", "everything is refused"),
  obligations: { ...refusal("", "").obligations, filter: { treatment: "block", alert: true } },
};

/** Allows nearly everything. That it refuses each third time is for the attack that looks for a change of mind. */
function laxDecide(): AttackContext["decide"] {
  let asked = 0;
  return () => (asked++ % 3 === 2 ? denyAll : allowAll);
}

/** Parsers as they must not be: one that splits at blanks and looks at nothing, one that refuses everything. */
const laxParse: typeof parseCommand = (text) => ok(text.split(/\s+/));
const strictParse: typeof parseCommand = () => err({ code: "command/syntax", message: "no", offset: 0 });

/** A verifier as it must not be: one that finds every log good. */
const laxVerify: typeof verifyAudit = async (log, options) => ({ ...(await verifyAudit(log, options)), ok: true });

/** Inputs that a planted engine is tried with: any attack that can fail does so at once. */
const inputs = 300;

/** Engines that must not go unnoticed by the attacks, the cases and the differential. */
export function engineFaults(context: AttackContext, cases: readonly AskedCase[]): readonly HarnessFault[] {
  return [
    ...attacks.map((attack) => ({
      id: `attack-meets-a-lax-gate-${attack.id}`,
      title: `a gate that allows what it should not is noticed: ${attack.claim}`,
      noticed: async () => {
        const lax = { ...context, decide: laxDecide(), parse: laxParse, verify: laxVerify };
        const outcomes = await runAttacks([attack], lax, { seed: 1, inputs, afterEach: async () => undefined });
        return outcomes.every(({ check }) => check.status === "fail");
      },
    })),
    {
      id: "attacks-meet-a-gate-that-refuses-everything",
      title: "a gate that refuses everything is noticed by the attacks",
      noticed: async () => {
        const strict = { ...context, decide: () => denyAll, parse: strictParse };
        const outcomes = await runAttacks(attacks, strict, {
          seed: 1,
          inputs: inputs * 10,
          afterEach: async () => undefined,
        });
        return outcomes.filter(({ check }) => check.status === "fail").length >= attacks.length / 2;
      },
    },
    {
      id: "suites-meet-a-lax-gate",
      title: "a gate that allows everything is noticed by every suite",
      noticed: () => everySuiteNotices(cases, allowAll),
    },
    {
      id: "suites-meet-a-gate-that-refuses-everything",
      title: "a gate that refuses everything is noticed by every suite",
      noticed: () => everySuiteNotices(cases, denyAll),
    },
    {
      id: "engine-lies-once",
      title: "a compiled policy that allows one thing more is noticed by the differential",
      noticed: async () => {
        const questions: Question[] = [1, 2, 3].map((n) => ({
          entrypoint: "request",
          input: { n },
          decision: n === 2 ? allowAll : denyAll,
        }));
        const honest = async (_: string, asked: readonly unknown[]) => asked.map(() => denyAll);
        return (await compareWithInterpreter(questions, honest, () => allowAll)).length === 1;
      },
    },
    {
      id: "interpreter-is-undefined",
      title: "an answer that is undefined agrees with nothing",
      noticed: async () => {
        const questions: Question[] = [{ entrypoint: "request", input: {}, decision: denyAll }];
        return (
          (
            await compareWithInterpreter(
              questions,
              async () => [undefined],
              () => denyAll,
            )
          ).length === 1
        );
      },
    },
  ];
}

function everySuiteNotices(cases: readonly AskedCase[], decision: Decision): boolean {
  const suites = Map.groupBy(
    // What the parser stops never comes to the gate's rules.
    cases.filter(({ questions }) => questions.length > 0),
    ({ item }) => item.suite,
  );
  const seen = { ...observeDecision(decision), notRun: "decided only" };
  return [...suites.values()]
    .filter((suite) => suite.some(({ item }) => (item.expect.decision === "allow") !== decision.allow))
    .every((suite) => suite.some(({ item }) => differences(item, seen).length > 0));
}
