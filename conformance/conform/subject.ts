import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename, join } from "node:path";
import {
  type Engine,
  isRecord,
  ok,
  openBundle,
  openEngine,
  openToolchain,
  type PolicyTree,
  type Problem,
  type Report,
  type Result,
  readPolicyTree,
  type Toolchain,
} from "../../src/index.js";
import { type PolicyData, policyData } from "../attacks/index.js";
import type { Config } from "../config/index.js";
import { loadSpecs, type Specs, specsDigest } from "../spec/index.js";
import { type Interpreter, openInterpreter } from "./interpreter.js";

/** What is under test, open and ready. Dispose of it to end the toolchain's workers. */
export type Subject = AsyncDisposable & {
  readonly product: Report["product"];
  readonly specs: Specs;
  readonly tree: PolicyTree;
  readonly data: PolicyData;
  readonly engine: Engine;
  readonly toolchain: Toolchain;
  readonly interpreter: Interpreter;
  /** SHA-256 of what goes into the verdict, by name. */
  readonly inputs: Readonly<Record<string, string>>;
};

/** Loads specs and policies, builds the bundle, opens the engine and the interpreter. */
export async function openSubject(config: Config): Promise<Result<Subject, readonly Problem[]>> {
  const specs = loadSpecs(join(config.root, config.specs), config.specs);
  if (!specs.ok) return specs;
  const cache = join(config.root, ".lockkeeper", "cache");
  const toolchain = openToolchain({ workers: availableParallelism(), deadlineMs: 120_000, cacheDir: cache });
  const opened = await openPolicies(config, cache, toolchain);
  if (!opened.ok) {
    await toolchain[Symbol.asyncDispose]();
    return opened;
  }
  const inputs = {
    bundle: opened.value.engine.sha256,
    policies: opened.value.tree.sha256,
    specs: specsDigest(specs.value),
  };
  return ok({
    product: productOf(config.root),
    specs: specs.value,
    toolchain,
    inputs,
    ...opened.value,
    [Symbol.asyncDispose]: () => toolchain[Symbol.asyncDispose](),
  });
}

type Policies = Pick<Subject, "tree" | "data" | "engine" | "interpreter">;

async function openPolicies(
  config: Config,
  cache: string,
  toolchain: Toolchain,
): Promise<Result<Policies, readonly Problem[]>> {
  const policies = join(config.root, config.policies);
  const tree = await readPolicyTree(policies);
  if (!tree.ok) return tree;
  const data = policyData(tree.value.data);
  if (!data.ok) return data;
  const bundle = await openBundle({ policies, cache: join(cache, "bundles"), toolchain });
  if (!bundle.ok) return bundle;
  const engine = await openEngine(bundle.value);
  if (!engine.ok) return engine;
  const interpreter = await openInterpreter(tree.value, toolchain);
  if (!interpreter.ok) return interpreter;
  return ok({ tree: tree.value, data: data.value, engine: engine.value, interpreter: interpreter.value });
}

/** Name and version as the repository's package.json has them, or else the folder's name. */
function productOf(root: string): Report["product"] {
  try {
    const parsed: unknown = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    if (isRecord(parsed) && typeof parsed.name === "string" && typeof parsed.version === "string") {
      return { name: parsed.name, version: parsed.version };
    }
  } catch {
    // A repository of another language has none.
  }
  return { name: basename(root), version: "0.0.0" };
}
