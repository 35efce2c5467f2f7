import { execFile } from "node:child_process";
import { err, ok, type Problem, type Result } from "../../src/index.js";

/** A repository of git at a folder, asked for what it holds. Nothing of its configuration is started. */
export type GitRepository = {
  /** The full id of the commit that a name stands for. */
  commitOf(ref: string): Promise<Result<string, Problem>>;
  /** The text of a file at a commit, by its path from the folder; undefined where there is no such plain file. */
  textAt(commit: string, path: string): Promise<string | undefined>;
  /** The names of the plain files of a folder at a commit, sorted; undefined where there is no such folder. */
  filesAt(commit: string, path: string): Promise<readonly string[] | undefined>;
  /**
   * The paths that differ from the last commit or are not in it, from the folder, or with `:/` from the root of a
   * repository that is larger than it; undefined where git cannot say.
   */
  changedPaths(): Promise<readonly string[] | undefined>;
};

/** Nobody's own configuration, no prompts, no locks, no monitor, no hooks, nothing fetched. */
const quietEnv = {
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_TERMINAL_PROMPT: "0",
  GIT_OPTIONAL_LOCKS: "0",
  GIT_NO_LAZY_FETCH: "1",
  GIT_CONFIG_COUNT: "2",
  GIT_CONFIG_KEY_0: "core.fsmonitor",
  GIT_CONFIG_VALUE_0: "false",
  GIT_CONFIG_KEY_1: "core.hooksPath",
  GIT_CONFIG_VALUE_1: "/dev/null",
  LC_ALL: "C",
};

const bounds = { timeout: 60_000, maxBuffer: 128 * 1024 * 1024, killSignal: "SIGKILL" } as const;

/** Asks the repository that holds `folder`; a ref is only ever a name, whatever it begins with. */
export function gitRepository(folder: string): GitRepository {
  const git = (...args: string[]) => run(folder, args);
  const entriesAt = async (object: string) => {
    const listed = await git("ls-tree", "-z", object);
    if (listed === undefined) return undefined;
    return listed.split("\0").flatMap((line) => {
      const [facts = "", name = ""] = line.split("\t");
      const [mode = ""] = facts.split(" ");
      return name === "" ? [] : [{ name, plain: mode === "100644" || mode === "100755" }];
    });
  };
  return {
    commitOf: async (ref) => {
      const id = (await git("rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`))?.trim();
      return id !== undefined && /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(id) ? ok(id) : err(noCommit(ref));
    },
    textAt: async (commit, path) => {
      const slash = path.lastIndexOf("/");
      const entries = await entriesAt(`${commit}:./${path.slice(0, Math.max(0, slash))}`);
      const entry = entries?.find(({ name }) => name === path.slice(slash + 1));
      return entry?.plain === true ? git("cat-file", "blob", `${commit}:./${path}`) : undefined;
    },
    filesAt: async (commit, path) => {
      const entries = await entriesAt(`${commit}:./${path}`);
      return entries?.flatMap(({ name, plain }) => (plain ? [name] : [])).sort();
    },
    changedPaths: async () => {
      const prefix = (await git("rev-parse", "--show-prefix"))?.trimEnd();
      const status = await git("status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames");
      if (prefix === undefined || status === undefined) return undefined;
      const paths = status.split("\0").flatMap((line) => (line === "" ? [] : [line.slice(3)]));
      return paths.map((path) => (path.startsWith(prefix) ? path.slice(prefix.length) : `:/${path}`));
    },
  };
}

function noCommit(ref: string): Problem {
  return {
    code: "usage/flag",
    message: `git knows no commit called ${ref}`,
    hint: "fetch it first; in GitHub Actions, check out with fetch-depth: 0",
  };
}

function run(folder: string, args: readonly string[]): Promise<string | undefined> {
  const env = { ...quietEnv, PATH: process.env.PATH ?? "/usr/bin:/bin" };
  return new Promise((resolve) => {
    execFile("git", ["-C", folder, ...args], { ...bounds, env }, (error, stdout) => {
      resolve(error === null ? stdout : undefined);
    });
  });
}
