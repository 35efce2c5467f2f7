import { lstat } from "node:fs/promises";
import { join } from "node:path";
import {
  type Bundle,
  buildBundle,
  type Engine,
  err,
  isJsonObject,
  type JsonObject,
  loadBundle,
  ok,
  openBundle,
  openEngine,
  type PolicyFiles,
  type PolicyTree,
  type Problem,
  parsePolicyTree,
  parseStrictJson,
  type Result,
  readPolicyFiles,
  type Toolchain,
} from "../../src/index.js";
import { readPoliciesAt } from "./policy-at-commit.js";

/** One of two policies that are compared: what it decides and, where its sources are at hand, how it says so. */
export type PolicySide = {
  /** What it is called: `working tree`, a commit, a file. */
  readonly name: string;
  readonly bundle: Bundle;
  readonly engine: Engine;
  readonly data: JsonObject;
  /** Undefined for a bundle, which holds no sources. */
  readonly tree: PolicyTree | undefined;
};

/** What a side is opened from. */
export type SideSource = {
  readonly toolchain: Toolchain;
  /** Where bundles of policy folders are kept. */
  readonly cache: string;
};

/** Opens a policy folder. */
export async function openFolder(
  dir: string,
  name: string,
  { toolchain, cache }: SideSource,
): Promise<Result<PolicySide, readonly Problem[]>> {
  const files = await readPolicyFiles(dir);
  if (!files.ok) return files;
  const tree = parsePolicyTree(files.value);
  if (!tree.ok) return tree;
  const bundle = await openBundle({ policies: dir, cache, toolchain });
  return bundle.ok ? sideOf(name, bundle.value, tree.value) : bundle;
}

/** Opens a policy folder that was read already. */
export async function openFiles(
  files: PolicyFiles,
  name: string,
  toolchain: Toolchain,
): Promise<Result<PolicySide, readonly Problem[]>> {
  const tree = parsePolicyTree(files);
  return tree.ok ? openTree(tree.value, name, toolchain) : tree;
}

/** Opens a policy tree. */
export async function openTree(
  tree: PolicyTree,
  name: string,
  toolchain: Toolchain,
): Promise<Result<PolicySide, readonly Problem[]>> {
  const bundle = await buildBundle(tree, toolchain);
  return bundle.ok ? sideOf(name, bundle.value, tree) : bundle;
}

/**
 * Opens what `--against` names: a file or folder where it is written as a path, else a commit, else a file or folder. A
 * folder with a `.manifest` is a bundle, any other a policy folder.
 *
 * @param policies - the policy folder that a commit is asked for
 * @returns on failure `usage/missing`, or what is wrong with what was found, its places named after the side
 */
export async function openAgainst(
  against: string,
  policies: { readonly dir: string; readonly name: string },
  source: SideSource,
): Promise<Result<PolicySide, readonly Problem[]>> {
  if (!/^(\.{0,2}\/|.*\.(tgz|tar\.gz)$)/s.test(against)) {
    const read = await readPoliciesAt(policies.dir, policies.name, against);
    if (!read.ok) return read;
    if (read.value !== undefined) {
      const { commit, files } = read.value;
      const name = against.startsWith(commit.slice(0, 7)) ? commit.slice(0, 12) : `${against} (${commit.slice(0, 12)})`;
      const opened = await openFiles(files, name, source.toolchain);
      return opened.ok ? opened : err(opened.error.map((problem) => placedIn(against, problem)));
    }
  }
  const stats = await lstat(against).catch(() => undefined);
  if (stats === undefined) {
    const hint = "give a branch, a tag or a commit of this repository, a bundle (.tar.gz) or a policy folder";
    return err([{ code: "usage/missing", message: `neither a commit nor a file: ${against}`, hint }]);
  }
  const isBundle = stats.isFile() || (await lstat(join(against, ".manifest")).catch(() => undefined)) !== undefined;
  if (!isBundle) return openFolder(against, against, source);
  const bundle = await loadBundle(against);
  return bundle.ok ? sideOf(against, bundle.value, undefined) : bundle;
}

function placedIn(ref: string, { place, ...problem }: Problem): Problem {
  return place === undefined ? problem : { ...problem, place: { ...place, file: `${ref}:${place.file}` } };
}

async function sideOf(
  name: string,
  bundle: Bundle,
  tree: PolicyTree | undefined,
): Promise<Result<PolicySide, readonly Problem[]>> {
  const engine = await openEngine(bundle);
  if (!engine.ok) return engine;
  if (tree !== undefined) return ok({ name, bundle, engine: engine.value, data: tree.data, tree });
  const bounds = { bytes: 256 * 1024 * 1024, depth: 50, nodes: 10_000_000 };
  const data = parseStrictJson(new TextDecoder().decode(bundle.data), `${name}/data.json`, bounds);
  if (!data.ok) return data;
  return ok({ name, bundle, engine: engine.value, data: isJsonObject(data.value.value) ? data.value.value : {}, tree });
}
