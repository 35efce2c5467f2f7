import { globSync, realpathSync } from "node:fs";
import { isAbsolute, join, sep } from "node:path";
import { err, ok, type Problem, type Result } from "../../src/index.js";
import { plainPath, readBounded } from "../evidence/index.js";

/** A file that another program wrote, by its path from the repository's root. */
export type ResultFile = { readonly file: string; readonly text: string };

/** The most that is read of one result, in bytes. */
const maxBytes = 64 * 1024 * 1024;
const skipped = new Set(["node_modules", ".git"]);

/**
 * Reads the files that paths and globs of the configuration name, sorted, each once. None may lead out of the
 * repository, also not by a link, and each must name at least one file: results that are not there prove nothing.
 *
 * @param key - what the configuration calls them, for problems
 */
export function readResultFiles(
  root: string,
  key: string,
  patterns: readonly string[],
): Result<readonly ResultFile[], readonly Problem[]> {
  const found = new Set<string>();
  const problems: Problem[] = [];
  for (const pattern of patterns) {
    const names = filesOf(root, pattern);
    if (names.length === 0) problems.push(nothing(key, pattern));
    for (const name of names) found.add(name);
  }
  const files = [...found].sort().flatMap((file): ResultFile[] => {
    const text = textOf(root, file);
    if (typeof text === "string") return [{ file, text }];
    problems.push({ code: "internal/io", message: text.fault, place: { file } });
    return [];
  });
  return problems.length > 0 ? err(problems) : ok(files);
}

function filesOf(root: string, pattern: string): readonly string[] {
  if (isAbsolute(pattern) || pattern.split(/[\\/]/).includes("..")) return [];
  const entries = globSync(pattern, {
    cwd: root,
    withFileTypes: true,
    exclude: (entry) => skipped.has(entry.name),
  });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => plainPath(join(entry.parentPath, entry.name).slice(root.length + 1)));
}

function textOf(root: string, file: string): string | { readonly fault: string } {
  try {
    const real = realpathSync(join(root, file));
    if (real !== join(realpathSync(root), file.replaceAll("/", sep)))
      return { fault: "a symbolic link is not followed" };
    const bytes = readBounded(real, maxBytes);
    return bytes?.toString("utf8") ?? { fault: `the file is larger than ${maxBytes} bytes, or no plain file` };
  } catch (thrown) {
    return { fault: `the file cannot be read: ${thrown instanceof Error ? thrown.message : String(thrown)}` };
  }
}

function nothing(key: string, pattern: string): Problem {
  return {
    code: "usage/missing",
    message: `no file of the repository is ${pattern}, which ${key} names in lockkeeper.yaml`,
    hint: "run what writes it first, or correct the path: it is relative to lockkeeper.yaml and stays below it",
  };
}
