import { execFile } from "node:child_process";
import { lstat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { RepositoryFacts } from "../gate/index.js";

/** The whole environment of the look-up: nobody's own configuration, no prompts, no locks. */
const env = {
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_TERMINAL_PROMPT: "0",
  GIT_OPTIONAL_LOCKS: "0",
  LC_ALL: "C",
  PATH: "/usr/bin:/bin",
};

/**
 * Reading a blob may read the index, and that asks the repository's monitor, or fetch what is missing: neither is started.
 * Not for listing the configuration itself, where these would stand among its names.
 */
const inertEnv = {
  ...env,
  GIT_CONFIG_COUNT: "3",
  GIT_CONFIG_KEY_0: "core.fsmonitor",
  GIT_CONFIG_VALUE_0: "false",
  GIT_CONFIG_KEY_1: "core.hooksPath",
  GIT_CONFIG_VALUE_1: "/dev/null",
  GIT_CONFIG_KEY_2: "protocol.allow",
  GIT_CONFIG_VALUE_2: "never",
};

const bounds = { timeout: 5000, maxBuffer: 4 * 1024 * 1024, killSignal: "SIGKILL" } as const;

/**
 * Asks git which names the configuration of the repository at a folder sets, also through includes and in worktrees.
 * Listing configuration executes nothing of it. Names only: values may hold secrets.
 */
export const gitRepositoryFacts: RepositoryFacts = {
  read: async (cwd, workspace) => {
    if (!(await inRepository(cwd))) return { config_keys: [] };
    const listed = await git(cwd, ["config", "--list", "--includes", "--name-only", "-z"]);
    // No git on the machine: then none will obey a configuration either.
    if (listed.code === "ENOENT") return { config_keys: [] };
    if (listed.code !== 0) return null;
    const where = await placesOf(cwd);
    const modules = where === null ? null : await submoduleNames(cwd, where.top);
    if (where === null || modules === null) return null;
    const places = await placeNames(where, workspace);
    const names = [...listed.stdout.split("\0"), ...modules, ...places].filter((name) => name !== "");
    return { config_keys: [...new Set(names)].sort() };
  },
};

/**
 * Names that `.gitmodules` sets, which git obeys like configuration: `submodule.*.ignore` there leads `git status` into a
 * submodule and its filters. Git reads it from the work tree, else from the index, else from HEAD.
 */
async function submoduleNames(cwd: string, top: string): Promise<readonly string[] | null> {
  const file = join(top, ".gitmodules");
  const inTree = await exists(file);
  const sources = [...(inTree ? [["--file", file]] : []), ["--blob", ":.gitmodules"], ["--blob", "HEAD:.gitmodules"]];
  const names: string[] = [];
  for (const source of sources) {
    const listed = await git(cwd, ["config", ...source, "--list", "--no-includes", "--name-only", "-z"], inertEnv);
    if (listed.code === 0) names.push(...listed.stdout.split("\0"));
    else if (!isAbsent(listed)) return null;
  }
  return names;
}

/** Where a repository has its work tree, itself and its objects: absolute paths. */
type Places = { readonly top: string; readonly gitDir: string; readonly objects: string };

/** @returns null where git does not say, as in a repository without a work tree */
async function placesOf(cwd: string): Promise<Places | null> {
  const words = ["rev-parse", "--show-toplevel", "--absolute-git-dir", "--git-path", "objects"];
  const asked = await git(cwd, words, inertEnv);
  if (asked.code !== 0) return null;
  const [top = "", gitDir = "", objects = ""] = asked.stdout.split("\n");
  return { top, gitDir, objects: resolve(cwd, objects) };
}

/**
 * Names of our own for a repository that lies elsewhere than in the workspace, or borrows objects from another: looking at
 * its history would be reading outside. No list of harmless keys has them.
 */
async function placeNames({ top, gitDir, objects }: Places, workspace: string): Promise<readonly string[]> {
  const below = `${workspace.replace(/\/$/, "")}/`;
  const outside = [top, gitDir, objects].some((path) => path !== workspace && !path.startsWith(below));
  const borrows = await exists(join(objects, "info", "alternates"));
  return [
    ...(outside ? ["lockkeeper.repository.outside-workspace"] : []),
    ...(borrows ? ["lockkeeper.repository.alternates"] : []),
  ];
}

/** Whether git says that there is no such blob, rather than that it could not read it. */
function isAbsent({ stderr }: Answer): boolean {
  return /unable to resolve config blob|invalid object name|does not exist in|exists on disk, but not in/.test(stderr);
}

/** Whether git could take a folder for (part of) a repository: most are in none, and need no process to tell. */
async function inRepository(cwd: string): Promise<boolean> {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    for (const name of [".git", "HEAD"]) if (await exists(join(folder, name))) return true;
    if (folder === dirname(folder)) return false;
  }
}

/** What cannot be looked at may be there. */
async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    return code !== "ENOENT" && code !== "ENOTDIR";
  }
}

type Answer = { readonly code: number | string | null; readonly stdout: string; readonly stderr: string };

function git(
  cwd: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = env,
): Promise<Answer> {
  return new Promise((resolve) => {
    execFile("/usr/bin/git", ["-C", cwd, ...args], { ...bounds, env: environment }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : (error.code ?? null), stdout, stderr });
    });
  });
}
