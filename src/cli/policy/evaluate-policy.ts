import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { type Entrypoint, entrypoints, type JsonObject, type Problem } from "../../model/index.js";
import {
  type Evaluation,
  type LoadedPolicy,
  openBundle,
  openEngine,
  type PolicyTree,
  problemsOf,
  type Toolchain,
} from "../../policy/index.js";
import { CommandFailure, type Terminal } from "../terminal.js";
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

/** The flags of `policy eval`. */
export type EvaluateOptions = FolderOptions & { readonly input: string; readonly engine: string };

/**
 * `lockkeeper policy eval`: asks the compiled policy as the gate does, or OPA's interpreter, or both.
 *
 * @returns 0; 2 where the two do not agree
 */
export async function evaluatePolicy(
  entrypoint: string,
  options: EvaluateOptions,
  terminal: Terminal,
): Promise<number> {
  const folder = await findPolicies(options);
  const input = await readInput(options.input);
  await using toolchain = toolchainFor(folder);
  const tree = await readTree(folder);
  const compiled =
    options.engine === "interpreter" ? undefined : await askCompiled(entrypoint, input, folder, toolchain);
  const interpreted =
    options.engine === "wasm" ? undefined : await askInterpreter(entrypoint, input, tree, folder, toolchain);
  if (options.engine !== "both") {
    const decision = compiled ?? interpreted;
    terminal.out(JSON.stringify(decision, null, terminal.json ? undefined : 2));
    return 0;
  }
  const agree = isDeepStrictEqual(compiled, interpreted);
  if (terminal.json) terminal.out(JSON.stringify({ agree, wasm: compiled, interpreter: interpreted }));
  else if (agree) {
    terminal.out(JSON.stringify(compiled, null, 2));
    terminal.note("the compiled policy and the interpreter agree");
  } else {
    terminal.out(JSON.stringify({ wasm: compiled, interpreter: interpreted }, null, 2));
    terminal.note(
      `${terminal.paint("red", "DISAGREE")}: the compiled policy and the interpreter give different answers`,
    );
  }
  return agree ? 0 : 2;
}

async function askCompiled(name: string, input: JsonObject, folder: PolicyFolder, toolchain: Toolchain) {
  const cache = join(folder.cache, "bundles");
  const bundle = orFail(await openBundle({ policies: folder.dir, cache, toolchain }), folder);
  const known = bundle.manifest.wasm.map(({ entrypoint }) => entrypoint);
  const entrypoint = contractOf(name);
  if (!known.includes(name) || entrypoint === undefined) throw unknownEntrypoint(name, known);
  return orFail(await openEngine(bundle), folder).decide(entrypoint, input);
}

function contractOf(name: string): Entrypoint | undefined {
  return entrypoints.find((entrypoint) => name === `main/${entrypoint}`);
}

async function askInterpreter(
  name: string,
  input: JsonObject,
  tree: PolicyTree,
  folder: PolicyFolder,
  toolchain: Toolchain,
) {
  const policy = orFail(await loadTree(tree, toolchain), folder);
  const evaluation = await evaluateOne(policy, name, input, folder);
  if (!evaluation.defined) {
    const hint = "nothing gives it a value for this input, or no rule has that name";
    throw new CommandFailure([{ code: "engine/undefined", message: `${name} is undefined`, hint }]);
  }
  return evaluation.result;
}

/** Loads the modules and data of a policy folder for the interpreter. */
export async function loadTree(tree: PolicyTree, toolchain: Toolchain) {
  const loaded = await toolchain.load({ files: tree.modules, data: tree.data });
  return loaded.ok ? loaded : { ok: false as const, error: problemsOf(loaded.error) };
}

/** Evaluates one document for one input; an evaluation that breaks ends the command at the line where it broke. */
export async function evaluateOne(
  policy: LoadedPolicy,
  path: string,
  input: JsonObject,
  folder: PolicyFolder,
  trace = false,
): Promise<Evaluation> {
  const answer = await policy.evaluate({ path, inputs: [input], coverage: trace, trace, trace_limit: 100_000 });
  if (!answer.ok) throw new CommandFailure(problemsOf(answer.error));
  const [evaluation] = answer.value;
  if (evaluation === undefined) throw new Error("the interpreter gave no answer");
  if (evaluation.error === undefined) return evaluation;
  const { file, row, col, message } = evaluation.error;
  const place =
    file === undefined || row === undefined
      ? {}
      : { place: { file: shownFile(file, folder), row, ...(col === undefined ? {} : { col }) } };
  throw new CommandFailure([{ code: "engine/threw", message, ...place }]);
}

/** Ends a command that was asked for an entrypoint that is not there. */
export function unknownEntrypoint(name: string, known: readonly string[]): CommandFailure {
  const problem: Problem = {
    code: "engine/entrypoint",
    message: `no entrypoint ${name}`,
    hint: `there are ${known.join(", ")}; METADATA makes a rule one with entrypoint: true`,
  };
  return new CommandFailure([problem]);
}
