import { availableParallelism } from "node:os";
import { join } from "node:path";
import {
  type Engine,
  err,
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
import type { PolicyData } from "../attacks/index.js";
import { type Config, productOf } from "../config/index.js";
import { loadSpecs, type Specs, specsDigest } from "../spec/index.js";
import { type Interpreter, openInterpreter } from "./interpreter.js";

/** A repository's policies, open and ready. */
export type Policies = {
  readonly tree: PolicyTree;
  readonly data: PolicyData;
  readonly engine: Engine;
  readonly toolchain: Toolchain;
  readonly interpreter: Interpreter;
};

/** What is under test, open and ready. Dispose of it to end the toolchain's workers. */
export type Subject = AsyncDisposable & {
  readonly product: Report["product"];
  readonly specs: Specs;
  /** Absent where a repository has none. */
  readonly policies?: Policies;
  /** SHA-256 of what goes into the verdict, by name. */
  readonly inputs: Readonly<Record<string, string>>;
};

/**
 * Loads specs and policies, builds the bundle, opens the engine and the interpreter. Without policies there is nothing
 * that cases could be asked of, so a specification that has some is refused.
 */
export async function openSubject(config: Config): Promise<Result<Subject, readonly Problem[]>> {
  const loaded = loadSpecs(join(config.root, config.specs), config.specs);
  if (!loaded.ok) return loaded;
  const specs = loaded.value;
  const base = { product: productOf(config), specs };
  if (config.policies === undefined) {
    const withCases = specs.suites.filter(({ cases }) => cases.length > 0);
    if (withCases.length > 0) return err(withCases.map(({ file }) => casesOfNothing(file)));
    return ok({ ...base, inputs: { specs: specsDigest(specs) }, [Symbol.asyncDispose]: async () => undefined });
  }
  const cache = join(config.root, ".lockkeeper", "cache");
  const toolchain = openToolchain({ workers: availableParallelism(), deadlineMs: 120_000, cacheDir: cache });
  const policies = await openPolicies(join(config.root, config.policies), cache, toolchain);
  if (!policies.ok) {
    await toolchain[Symbol.asyncDispose]();
    return policies;
  }
  const inputs = {
    bundle: policies.value.engine.sha256,
    policies: policies.value.tree.sha256,
    specs: specsDigest(specs),
  };
  return ok({
    ...base,
    policies: policies.value,
    inputs,
    [Symbol.asyncDispose]: () => toolchain[Symbol.asyncDispose](),
  });
}

function casesOfNothing(file: string): Problem {
  const hint = "name the policies in lockkeeper.yaml, or remove the cases";
  return { code: "spec/invalid", message: "cases are asked of policies, and there are none", place: { file }, hint };
}

async function openPolicies(
  policies: string,
  cache: string,
  toolchain: Toolchain,
): Promise<Result<Policies, readonly Problem[]>> {
  const tree = await readPolicyTree(policies);
  if (!tree.ok) return tree;
  const { policyData } = await import("../attacks/index.js");
  const data = policyData(tree.value.data);
  if (!data.ok) return data;
  const bundle = await openBundle({ policies, cache: join(cache, "bundles"), toolchain });
  if (!bundle.ok) return bundle;
  const engine = await openEngine(bundle.value);
  if (!engine.ok) return engine;
  const interpreter = await openInterpreter(tree.value, toolchain);
  if (!interpreter.ok) return interpreter;
  return ok({
    tree: tree.value,
    data: data.value,
    engine: engine.value,
    toolchain,
    interpreter: interpreter.value,
  });
}
