import { mkdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Problem } from "../../model/index.js";
import { type Bundle, entrypointsOf, openBundle, writeBundleFolder, writeBundleTarball } from "../../policy/index.js";
import { CommandFailure, type Terminal } from "../terminal.js";
import { checkTree, round } from "./check-policy.js";
import {
  type FolderOptions,
  findPolicies,
  orFail,
  type PolicyFolder,
  readTree,
  shownFile,
  toolchainFor,
} from "./policy-folder.js";

/** The flags of `policy build`. */
export type BuildOptions = FolderOptions & { readonly output?: string | undefined };

/**
 * `lockkeeper policy build`: checks, compiles, keeps the bundle in the cache, and writes it where `-o` says. Nothing is
 * written unless all is well, so what was built before stays.
 */
export async function buildPolicy(options: BuildOptions, terminal: Terminal): Promise<number> {
  const started = performance.now();
  const folder = await findPolicies(options);
  await using toolchain = toolchainFor(folder);
  terminal.progress("reading policies");
  const tree = await readTree(folder);
  terminal.progress("checking");
  const { problems, entrypoints } = await checkTree(tree, tree.modules, folder, toolchain);
  if (problems.length > 0) throw new CommandFailure(problems);
  if (entrypoints.length === 0) throw new CommandFailure([noEntrypoint(folder)]);
  terminal.progress("compiling");
  const cache = join(folder.cache, "bundles");
  const bundle = orFail(await openBundle({ policies: folder.dir, cache, toolchain }), folder);
  const output = options.output === undefined ? join(cache, bundle.sha256) : resolve(options.output);
  if (options.output !== undefined) await write(bundle, output, folder);
  const summary = summaryOf(bundle, options.output ?? output, round((performance.now() - started) / 1000));
  if (terminal.json) terminal.out(JSON.stringify({ ok: true, ...summary }));
  else for (const line of linesOf(summary)) terminal.out(line);
  return 0;
}

async function write(bundle: Bundle, path: string, folder: PolicyFolder): Promise<void> {
  if (!/\.t(ar\.)?gz$/.test(path)) return orFail(await writeBundleFolder(bundle, path), folder);
  await mkdir(dirname(path), { recursive: true });
  return orFail(await writeBundleTarball(bundle, path), folder);
}

function noEntrypoint(folder: PolicyFolder): Problem {
  const hint = "mark the rules that may be asked, such as request in package main, with METADATA: entrypoint: true";
  return {
    code: "policy/invalid",
    message: "no entrypoint",
    place: { file: shownFile(`${folder.name}/`, folder) },
    hint,
  };
}

type Summary = {
  readonly sha256: string;
  readonly output: string;
  readonly entrypoints: readonly string[];
  readonly rules: number;
  readonly requirements: number;
  readonly wasm_bytes: number;
  readonly data_bytes: number;
  readonly seconds: number;
};

function summaryOf(bundle: Bundle, output: string, seconds: number): Summary {
  const rules = Object.values(bundle.manifest.metadata.lockkeeper.rules);
  return {
    sha256: bundle.sha256,
    output,
    entrypoints: entrypointsOf(bundle),
    rules: rules.length,
    requirements: new Set(rules.flatMap(({ requirements }) => requirements)).size,
    wasm_bytes: bundle.wasm.length,
    data_bytes: bundle.data.length,
    seconds,
  };
}

function linesOf(summary: Summary): string[] {
  return [
    `bundle       ${summary.sha256}`,
    `written to   ${summary.output}`,
    `entrypoints  ${summary.entrypoints.join(", ")}`,
    `rules        ${summary.rules} with an id, for ${summary.requirements} requirements`,
    `size         policy.wasm ${kilobytes(summary.wasm_bytes)}, data.json ${kilobytes(summary.data_bytes)}`,
    `time         ${summary.seconds} s`,
  ];
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
