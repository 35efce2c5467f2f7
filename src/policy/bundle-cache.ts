import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { err, type Problem, type Result } from "../model/index.js";
import { buildBundle } from "./build-bundle.js";
import { type Bundle, bundleHash } from "./bundle.js";
import { readBundleFolder, writeBundleFolder } from "./bundle-folder.js";
import { type PolicyFiles, readPolicyFiles } from "./policy-files.js";
import { parsePolicyTree } from "./policy-tree.js";
import { findArtefact } from "./toolchain/artefact.js";
import { openToolchain, type Toolchain } from "./toolchain/index.js";

/** Where the policies are, and where what they compile to is kept. */
export type CachedBuild = {
  readonly policies: string;
  /** The folder that holds one folder per bundle; `cacheBeside(policies)` by default. */
  readonly cache?: string;
  /** A toolchain that is open already; without it one is opened when something must be compiled. */
  readonly toolchain?: Toolchain;
};

/**
 * Where bundles are kept unless said otherwise: `.lockkeeper/cache/bundles` beside the policy folder. Not in the working
 * directory: whoever can write a bundle there, under the hash that is looked for, decides what runs.
 */
export function cacheBeside(policies: string): string {
  return join(dirname(resolve(policies)), ".lockkeeper", "cache", "bundles");
}

/**
 * Gives the bundle of a policy folder: from the cache where its hash is there, else built and put there. Only sound
 * bundles reach the cache, each under its own hash, so a failed build leaves what was good before where it was.
 *
 * A cached bundle that others could have written is refused (`bundle/unsafe`); one with damaged bytes is built again.
 */
export async function openBundle(build: CachedBuild): Promise<Result<Bundle, readonly Problem[]>> {
  const files = await readPolicyFiles(build.policies);
  if (!files.ok) return files;
  const artefact = findArtefact();
  if (!artefact.ok) return err([{ code: "toolchain/artefact", message: artefact.error }]);
  const sha256 = bundleHash(files.value.sha256, artefact.value.sha256);
  const cache = build.cache ?? cacheBeside(build.policies);
  const folder = join(cache, sha256);
  if (existsSync(folder)) {
    const cached = await readBundleFolder(folder);
    if (cached.ok && cached.value.sha256 === sha256) return cached;
    if (!cached.ok && cached.error.some(({ code }) => code === "bundle/unsafe")) return cached;
  }
  const built = await compile(files.value, cache, build.toolchain);
  if (!built.ok) return built;
  // A cache that cannot be written costs the next start a compilation, and this one nothing.
  await writeBundleFolder(built.value, folder);
  return built;
}

async function compile(
  files: PolicyFiles,
  cache: string,
  toolchain: Toolchain | undefined,
): Promise<Result<Bundle, readonly Problem[]>> {
  const tree = parsePolicyTree(files);
  if (!tree.ok) return tree;
  if (toolchain !== undefined) return buildBundle(tree.value, toolchain);
  // The unpacked toolchain is kept there too; it is checked against its hash whenever it is read.
  await using own = openToolchain({ cacheDir: dirname(cache), deadlineMs: 60_000 });
  return await buildBundle(tree.value, own);
}
