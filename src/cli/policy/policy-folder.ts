import { stat } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { readConfig } from "../../../conformance/config/index.js";
import { packageRoot } from "../../host/index.js";
import type { Place, Problem } from "../../model/index.js";
import { cacheBeside, openToolchain, type PolicyTree, readPolicyTree, type Toolchain } from "../../policy/index.js";
import { CommandFailure } from "../terminal.js";

/** The flags that every policy command takes. */
export type FolderOptions = { readonly policies?: string | undefined; readonly json?: boolean | undefined };

/** The policy folder that a command works on, and what lies around it. */
export type PolicyFolder = {
  /** Absolute. */
  readonly dir: string;
  /** The folder's own name: the first part of the paths that the compiler is given. */
  readonly name: string;
  /** Where bundles and the unpacked toolchain are kept: beside the policies, never in the working directory. */
  readonly cache: string;
  /** Where JSON Schemas of inputs are looked for, the first that has one wins. */
  readonly schemaDirs: readonly string[];
  /** The specification beside the policies, where lockkeeper.yaml names one. */
  readonly specs?: string;
};

/**
 * Finds the policies: `--policies`, else what the nearest lockkeeper.yaml names, else `./policies`, else those that
 * come with this package.
 *
 * @param start - the working directory
 */
export async function findPolicies(options: FolderOptions, start = process.cwd()): Promise<PolicyFolder> {
  const own = packageRoot();
  const ownSchemas = join(own, "specs", "schema");
  const folderAt = async (dir: string, schemaDirs: readonly string[]): Promise<PolicyFolder> => {
    if (!(await isFolder(dir))) throw noFolder(shownPath(dir, start));
    return { dir, name: basename(dir), cache: dirname(cacheBeside(dir)), schemaDirs };
  };
  if (options.policies !== undefined) return folderAt(resolve(start, options.policies), [ownSchemas]);
  const config = await readConfig(start);
  if (config.ok && config.value.policies !== undefined) {
    const { root, policies, specs } = config.value;
    const folder = await folderAt(resolve(root, policies), [resolve(root, specs, "schema"), ownSchemas]);
    return { ...folder, specs: resolve(root, specs) };
  }
  if (!config.ok && config.error.some(({ code }) => code !== "usage/missing")) throw new CommandFailure(config.error);
  const here = join(start, "policies");
  return folderAt((await isFolder(here)) ? here : join(own, "policies"), [ownSchemas]);
}

/** Opens the toolchain for a folder, with what is kept between runs in the folder's cache. */
export function toolchainFor(folder: PolicyFolder, workers = 1, deadlineMs?: number): Toolchain {
  const options = { workers, cacheDir: folder.cache };
  return openToolchain(deadlineMs === undefined ? options : { ...options, deadlineMs });
}

/** Reads the folder, or ends the command with every problem in it; with exit code 7 where there is no Rego file. */
export async function readTree(folder: PolicyFolder): Promise<PolicyTree> {
  const tree = orFail(await readPolicyTree(folder.dir), folder);
  if (tree.modules.length + tree.tests.length > 0) return tree;
  const message = `no Rego file in ${shownFile(`${folder.name}/`, folder)}`;
  const hint = "a policy begins with main/request.rego; docs/policies/README.md shows how";
  throw new CommandFailure([{ code: "usage/missing", message, hint }], 7);
}

/** The value of a success; a failure ends the command with its problems, their files named as they are from here. */
export function orFail<T>(
  result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: readonly Problem[] },
  folder: PolicyFolder,
): T {
  if (result.ok) return result.value;
  throw new CommandFailure(shownProblems(result.error, folder));
}

/**
 * Problems for a reader: files named as they are reached from the working directory, hints on one line, and what the
 * parser says twice of one place said once, the longer way.
 */
export function shownProblems(problems: readonly Problem[], folder: PolicyFolder): readonly Problem[] {
  const list = problems.map((problem) => shown(problem, folder));
  return list.filter(
    (one, index) =>
      !list.some(
        (other, at) =>
          samePlace(one, other) &&
          other.message.startsWith(one.message) &&
          (other.message.length > one.message.length || at < index),
      ),
  );
}

function samePlace({ place: a }: Problem, { place: b }: Problem): boolean {
  return a?.file === b?.file && a?.row === b?.row && a?.col === b?.col;
}

function shown({ hint, place, ...problem }: Problem, folder: PolicyFolder): Problem {
  return {
    ...problem,
    ...(place === undefined ? {} : { place: pointed(shownPlace(place, folder)) }),
    ...(hint === undefined ? {} : { hint: oneLine(hint) }),
  };
}

/** The end of a file is at column 0 of a row that is empty: there is nothing to point at. */
function pointed({ col, source_line, ...place }: Place): Place {
  return {
    ...place,
    ...(col === undefined || col === 0 ? {} : { col }),
    ...(source_line === undefined || source_line === "" ? {} : { source_line }),
  };
}

/** OPA's details of a type error: the expression again with a caret, which is shown already, then what helps. */
function oneLine(hint: string): string {
  const lines = hint.split("\n").map((line) => line.trim().replace(/ *\(see https:[^)]*\)$/, ""));
  const facts = lines.filter((line) => /^(have|want|left|right|hint)\b.*:/.test(line));
  return (facts.length === 0 ? lines : facts.map((line) => line.replace(/^hint +: /, "").replace(/ +: /, ": "))).join(
    "; ",
  );
}

/** A place with its file named as it is reached from the working directory. */
export function shownPlace<P extends Place>(place: P, folder: PolicyFolder): P {
  return { ...place, file: shownFile(place.file, folder) };
}

/** Turns the compiler's name of a file (`policies/token/token.rego`) into its path from the working directory. */
export function shownFile(file: string, folder: PolicyFolder, start = process.cwd()): string {
  const prefix = `${folder.name}/`;
  return file.startsWith(prefix) ? shownPath(join(folder.dir, file.slice(prefix.length)), start) : file;
}

function shownPath(path: string, start: string): string {
  const near = relative(start, path);
  return near.startsWith("..") ? path : near || ".";
}

async function isFolder(dir: string): Promise<boolean> {
  return (await stat(dir).catch(() => undefined))?.isDirectory() === true;
}

function noFolder(dir: string): CommandFailure {
  const hint = "give the folder of your policies with --policies DIR, or make it";
  return new CommandFailure([{ code: "usage/missing", message: `no such folder: ${dir}`, hint }]);
}
