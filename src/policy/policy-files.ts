import { hash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { err, ok, type Problem, type Result } from "../model/index.js";

/** One file of a policy folder. Its path starts with the folder's own name: `policies/token/token.yaml`. */
export type PolicyFile = { readonly path: string; readonly bytes: Uint8Array };

/** The files of a policy folder in the order of their paths, and what identifies them. */
export type PolicyFiles = {
  /** The folder's own name, the first part of every path. */
  readonly name: string;
  readonly files: readonly PolicyFile[];
  /** SHA-256 over the paths and bytes of all files but the tests. */
  readonly sha256: string;
};

const bounds = { files: 10_000, bytes: 64 * 1024 * 1024, depth: 12 };

/**
 * Reads every Rego, YAML and JSON file of a folder once; all that follows works on what was read.
 * Names that start with a dot are skipped, symbolic links are refused: they could lead anywhere, any time.
 *
 * @returns on failure `internal/io` or `policy/invalid`
 */
export async function readPolicyFiles(dir: string): Promise<Result<PolicyFiles, readonly Problem[]>> {
  const name = basename(resolve(dir));
  const found: { path: string; at: string }[] = [];
  const problems: Problem[] = [];
  const walk = async (folder: string, path: string, depth: number): Promise<void> => {
    if (depth > bounds.depth) {
      problems.push({
        code: "policy/invalid",
        message: `folders nested deeper than ${bounds.depth}`,
        place: { file: path },
      });
      return;
    }
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (entry.name.startsWith(".")) continue;
      if (!/^[\p{L}\p{N}][\p{L}\p{N}_.+ -]*$/u.test(entry.name)) {
        problems.push({
          code: "policy/invalid",
          message: "a name that is not plain",
          place: { file: `${path}/${entry.name}` },
        });
        continue;
      }
      const below = { path: `${path}/${entry.name}`, at: join(folder, entry.name) };
      if (entry.isDirectory()) await walk(below.at, below.path, depth + 1);
      else if (!/\.(rego|ya?ml|json)$/.test(entry.name)) continue;
      else if (entry.isFile()) found.push(below);
      else problems.push({ code: "policy/invalid", message: "not a plain file", place: { file: below.path } });
    }
  };
  try {
    await walk(dir, name, 1);
    if (found.length > bounds.files) problems.push(tooMany(name));
    if (problems.length > 0) return err(problems);
    const files = await Promise.all(found.map(async ({ path, at }) => ({ path, bytes: await readFile(at) })));
    return policyFilesOf(name, files);
  } catch (error) {
    return err([{ code: "internal/io", message: reasonOf(error), place: { file: dir } }]);
  }
}

/**
 * A policy folder from files that were read elsewhere, such as from a commit: the same files have the same hash, wherever
 * they come from.
 *
 * @returns on failure `policy/invalid`: too many files, or too large ones
 */
export function policyFilesOf(name: string, files: readonly PolicyFile[]): Result<PolicyFiles, readonly Problem[]> {
  if (files.length > bounds.files) return err([tooMany(name)]);
  const size = files.reduce((sum, { bytes }) => sum + bytes.length, 0);
  if (size > bounds.bytes) {
    return err([{ code: "policy/invalid", message: `more than ${bounds.bytes} bytes`, place: { file: name } }]);
  }
  const sorted = files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  return ok({ name, files: sorted, sha256: hashOf(sorted) });
}

function tooMany(name: string): Problem {
  return { code: "policy/invalid", message: `more than ${bounds.files} files`, place: { file: name } };
}

/** Tells a test file, `x_test.rego`, from a module. */
export function isTestFile(path: string): boolean {
  return path.endsWith("_test.rego");
}

function hashOf(files: readonly PolicyFile[]): string {
  const lines = files
    .filter(({ path }) => !isTestFile(path))
    .map(({ path, bytes }) => `${hash("sha256", bytes)} ${JSON.stringify(path)}\n`);
  return hash("sha256", lines.join(""));
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
