import { Decision, entrypoints, isRecord, type Place, parserOf } from "../../model/index.js";
import type { Evaluation, PolicyTree } from "../../policy/index.js";
import { CommandFailure, type Terminal } from "../terminal.js";
import { evaluateOne, loadTree } from "./evaluate-policy.js";
import { explanationLines } from "./explanation-lines.js";
import {
  type FolderOptions,
  findPolicies,
  orFail,
  type PolicyFolder,
  readTree,
  shownFile,
  toolchainFor,
} from "./policy-folder.js";
import { readInput } from "./read-input.js";
import { readRuleTable } from "./rule-table.js";
import { Explanation, type Held, holds, type Missing } from "./why-not.js";

/** The flags of `policy explain`. */
export type ExplainOptions = FolderOptions & { readonly input: string };

/** A reason to refuse, with the places of the rule that gave it. */
export type Objection = {
  readonly rule: string;
  readonly message: string;
  readonly requirements: readonly string[];
  readonly detail: unknown;
  readonly places: readonly Place[];
};

/** An answer with its reasons. `held` explains an allow, `missing` anything else. */
export type Explained = {
  readonly entrypoint: string;
  readonly allow: boolean;
  /** Why the engine takes the answer for no decision, and so refuses. */
  readonly fault?: string;
  readonly decision: unknown;
  readonly objections: readonly Objection[];
  readonly held: readonly Held[];
  readonly missing: readonly Missing[];
  /** Every rule that the evaluation made true. */
  readonly fired: readonly { readonly id?: string; readonly rule: string; readonly place: Place }[];
};

/** `lockkeeper policy explain`: what was decided, by which lines, and what was missing for an allow. */
export async function explainPolicy(entrypoint: string, options: ExplainOptions, terminal: Terminal): Promise<number> {
  const folder = await findPolicies(options);
  const input = await readInput(options.input);
  await using toolchain = toolchainFor(folder);
  const tree = await readTree(folder);
  const rules = orFail(await readRuleTable(tree, toolchain), folder);
  const name = entrypoint.replace(/^data[./]/, "").replaceAll("/", ".");
  if (!rules.has(name)) {
    const hint = "an entrypoint is a package and a rule: main/request";
    throw new CommandFailure([{ code: "engine/entrypoint", message: `no rule ${entrypoint}`, hint }]);
  }
  const policy = orFail(await loadTree(tree, toolchain), folder);
  const evaluate = (path: string) => evaluateOne(policy, path, input, folder, true);
  const placeAt = placesOf(tree, folder);
  const evaluation = await evaluate(name.replaceAll(".", "/"));
  const explanation = new Explanation({ rules, input, data: tree.data, evaluate, placeAt });
  const fault = faultOf(entrypoint, evaluation);
  const holding = holds(evaluation);
  const explained: Explained = {
    entrypoint: name.replaceAll(".", "/"),
    allow: holding && fault === undefined,
    ...(fault === undefined ? {} : { fault }),
    decision: evaluation.defined ? evaluation.result : undefined,
    objections: objectionsOf(evaluation, placeAt),
    held: holding ? await explanation.whyHeld(name) : [],
    missing: holding ? [] : await explanation.whyNot(name),
    fired: (evaluation.fired ?? []).map((one) => ({
      ...(one.id === undefined ? {} : { id: one.id }),
      rule: `${one.package}.${one.rule}`,
      place: placeAt(one.file, one.row),
    })),
  };
  if (terminal.json) terminal.out(JSON.stringify({ ok: true, ...explained }));
  else for (const line of explanationLines(explained, terminal)) terminal.out(line);
  return 0;
}

const parseDecision = parserOf(Decision);

/** What the contract says against an answer; rules that are no entrypoint of the contract may answer anything. */
function faultOf(entrypoint: string, { defined, result }: Evaluation): string | undefined {
  if (!defined || !entrypoints.some((name) => entrypoint === `main/${name}`)) return undefined;
  const decision = parseDecision(result);
  const [issue] = decision.ok ? [] : decision.error;
  return issue === undefined ? undefined : `${issue.path} ${issue.message}`.trim();
}

function placesOf(tree: PolicyTree, folder: PolicyFolder): (file: string, row: number) => Place {
  const lines = new Map(tree.modules.map(({ path, text }) => [path, text.split("\n")]));
  return (file, row) => {
    const line = lines.get(file)?.[row - 1]?.trim();
    return { file: shownFile(file, folder), row, ...(line === undefined ? {} : { source_line: line }) };
  };
}

function objectionsOf(evaluation: Evaluation, placeAt: (file: string, row: number) => Place): Objection[] {
  const result = evaluation.result;
  const violations: readonly unknown[] = isRecord(result) && Array.isArray(result.violations) ? result.violations : [];
  return violations.filter(isRecord).map((one) => ({
    rule: String(one.rule),
    message: String(one.message),
    requirements: Array.isArray(one.requirements) ? one.requirements.map(String) : [],
    detail: one.detail ?? {},
    places: (evaluation.fired ?? []).filter(({ id }) => id === one.rule).map(({ file, row }) => placeAt(file, row)),
  }));
}
