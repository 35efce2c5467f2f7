import type { Problem } from "../../model/index.js";
import { buildBundle, type PolicyTree, problemsOf, type SourceFile, type Toolchain } from "../../policy/index.js";
import { CommandFailure, type Terminal } from "../terminal.js";
import { readInputSchemas, schemaSet } from "./input-schemas.js";
import {
  type FolderOptions,
  findPolicies,
  orFail,
  type PolicyFolder,
  readTree,
  shownProblems,
  toolchainFor,
} from "./policy-folder.js";

/** What a check has seen; no problems means that the policies are in order. */
export type Checked = { readonly problems: readonly Problem[]; readonly entrypoints: readonly string[] };

/**
 * `lockkeeper policy check`: everything that can be said about policies without running them.
 *
 * @returns exit code 0; whatever is wrong ends the command with 1
 */
export async function checkPolicy(options: FolderOptions, terminal: Terminal): Promise<number> {
  const started = performance.now();
  const folder = await findPolicies(options);
  await using toolchain = toolchainFor(folder);
  terminal.progress("reading policies");
  const tree = await readTree(folder);
  terminal.progress("checking");
  const { problems, entrypoints } = await checkTree(tree, [...tree.modules, ...tree.tests], folder, toolchain);
  if (problems.length > 0) throw new CommandFailure(problems);
  // The rest of what a build refuses; a folder without an entrypoint is a library, and in order as it is.
  if (entrypoints.length > 0) orFail(await buildBundle(tree, toolchain), folder);
  const seconds = (performance.now() - started) / 1000;
  const files = tree.modules.length + tree.tests.length;
  if (terminal.json) terminal.out(JSON.stringify({ ok: true, files, entrypoints, seconds: round(seconds) }));
  else {
    terminal.out(`${terminal.paint("green", "ok")}: ${files} Rego files in ${folder.name}/, ${round(seconds)} s`);
    if (entrypoints.length === 0) {
      terminal.note("note: no entrypoint yet; a rule becomes one by METADATA with entrypoint: true");
    }
  }
  return 0;
}

/**
 * Compiles strictly: modules with the builtins that the folder allows, tests with any, and the input typed by its
 * schemas.
 *
 * @param files - the tree's modules, with or without its tests
 */
export async function checkTree(
  tree: PolicyTree,
  files: readonly SourceFile[],
  folder: PolicyFolder,
  toolchain: Toolchain,
): Promise<Checked> {
  const annotations = await toolchain.annotations({ files });
  if (!annotations.ok) return { problems: toProblems(problemsOf(annotations.error), folder), entrypoints: [] };
  const entrypoints = annotations.value
    .filter(({ entrypoint }) => entrypoint === true)
    .map((one) => [...one.package.split("."), ...(one.rule === undefined ? [] : [one.rule])].join("/"));
  const schemas = schemaSet(await readInputSchemas(folder.schemaDirs), entrypoints);
  const checks = [
    await toolchain.check({ files, schemas }),
    ...(tree.builtins === undefined
      ? []
      : [await toolchain.check({ files: tree.modules, schemas, builtins: tree.builtins })]),
  ];
  const problems = checks.flatMap((check) => (check.ok ? check.value : problemsOf(check.error)));
  return { problems: toProblems(problems, folder), entrypoints: [...new Set(entrypoints)].sort() };
}

function toProblems(problems: readonly Problem[], folder: PolicyFolder): readonly Problem[] {
  return shownProblems(problems, folder).toSorted(
    (a, b) => compareText(a.place?.file, b.place?.file) || row(a) - row(b),
  );
}

/** Rounds seconds for people: two digits after the point. */
export function round(seconds: number): number {
  return Math.round(seconds * 100) / 100;
}

function compareText(a = "", b = ""): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function row(problem: Problem): number {
  return problem.place?.row ?? 0;
}
