import type { CheckResult, LoadedPolicy, PolicyModule, PolicyTree, Toolchain } from "../../src/index.js";
import { Decision, parserOf } from "../../src/index.js";
import type { Question } from "../oracle/index.js";
import { differences, observeDecision } from "../runner/index.js";
import type { SpecCase } from "../spec/index.js";
import type { Execution } from "../verdict/index.js";
import { type PolicyFault, policyFaults } from "./policy-faults.js";

/** A case that was decided by the rules, with what it asked of them. */
export type AskedCase = { readonly item: SpecCase; readonly questions: readonly Question[] };

/** Most cases that a fault is shown to: those of its area that ran near its lines come first, and one is enough. */
const casesPerFault = 400;
/** How many are asked at once. */
const batch = 10;

/** The suites that speak of an area by the beginning of their names. */
const suitesOf: Readonly<Record<string, readonly string[]>> = {
  main: ["request-"],
  command: ["request-", "command-"],
};

const parseDecision = parserOf(Decision);

/**
 * Plants each fault into a copy of the policies and asks the cases again: one that no case notices fails the run.
 *
 * @param executions - the lines that each case ran
 * @requirement HAR-09
 */
export async function runPolicyFaults(
  tree: PolicyTree,
  cases: readonly AskedCase[],
  executions: readonly Execution[],
  toolchain: Pick<Toolchain, "load">,
): Promise<CheckResult[]> {
  return Promise.all(
    policyFaults.map(async (fault) => {
      const planted = plant(tree.modules, fault);
      if (planted === undefined)
        return checkOf(
          fault,
          "fail",
          `the line it is planted in was changed; if that was meant, change the fault too. It is not there once: ${fault.find}`,
        );
      const loaded = await toolchain.load({ files: planted.modules, data: tree.data });
      if (!loaded.ok) return checkOf(fault, "fail", `the planted policy does not compile: ${loaded.error.message}`);
      const near = nearest(cases, executions, fault.file, planted.row).slice(0, casesPerFault);
      const noticed = await firstToNotice(near, loaded.value);
      await loaded.value.close();
      if (noticed !== undefined) return checkOf(fault, "pass", `noticed by case ${noticed}`);
      return checkOf(fault, "fail", `not noticed by any of ${near.length} cases`);
    }),
  );
}

function checkOf(fault: PolicyFault, status: "pass" | "fail", detail: string): CheckResult {
  const { id, title } = fault;
  const file = "conformance/faults/policy-faults.ts";
  return {
    id: `planted-${id}`,
    kind: "fault",
    title,
    requirements: ["HAR-09"],
    status,
    file,
    row: 1,
    inputs: 1,
    detail,
  };
}

/** The modules with the fault in them, and the row it is at; undefined unless its text stands exactly once. */
function plant(modules: readonly PolicyModule[], { file, find, replace }: PolicyFault) {
  const module = modules.find(({ path }) => path === file);
  const [before, after, ...more] = module?.text.split(find) ?? [];
  if (module === undefined || before === undefined || after === undefined || more.length > 0) return undefined;
  const text = before + replace + after;
  return {
    row: before.split("\n").length,
    modules: modules.map((one) => (one === module ? { path: one.path, text } : one)),
  };
}

/** Cases by how near to the row the lines they ran are, in the order of their ids where they are as near. */
function nearest(
  cases: readonly AskedCase[],
  executions: readonly Execution[],
  file: string,
  row: number,
): AskedCase[] {
  const distances = new Map<string, number>();
  for (const { check, lines } of executions.filter((one) => one.file === file)) {
    for (const { from, to } of lines) {
      const distance = row < from ? from - row : row > to ? row - to : 0;
      distances.set(check, Math.min(distance, distances.get(check) ?? Number.POSITIVE_INFINITY));
    }
  }
  const area = file.split("/")[1] ?? "";
  const prefixes = suitesOf[area] ?? [`${area}-`];
  const rank = ({ item }: AskedCase) =>
    (prefixes.some((prefix) => item.suite.startsWith(prefix)) ? 0 : 1e7) +
    (distances.get(item.id) ?? 1e6) +
    (item.expect.decision === "deny" ? 0 : 0.5);
  return cases.toSorted((a, b) => rank(a) - rank(b) || (a.item.id < b.item.id ? -1 : 1));
}

async function firstToNotice(cases: readonly AskedCase[], policy: LoadedPolicy): Promise<string | undefined> {
  const asked = cases.flatMap(({ item, questions }) => questions.map((question) => ({ item, question })));
  for (let at = 0; at < asked.length; at += batch) {
    const some = asked.slice(at, at + batch);
    for (const entrypoint of new Set(some.map(({ question }) => question.entrypoint))) {
      const same = some.filter(({ question }) => question.entrypoint === entrypoint);
      const inputs = same.map(({ question }) => question.input);
      const answered = await policy.evaluate({ path: `main/${entrypoint}`, inputs });
      const noticed = same.find(({ item }, n) => !holds(item, answered.ok ? answered.value[n]?.result : undefined));
      if (noticed !== undefined) return noticed.item.id;
    }
  }
  return undefined;
}

/** Whether a case is content with an answer; one that is no decision contents nobody. */
function holds(item: SpecCase, answer: unknown): boolean {
  const decision = parseDecision(answer);
  return decision.ok && differences(item, { ...observeDecision(decision.value), notRun: "decided only" }).length === 0;
}
