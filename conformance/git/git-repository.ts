import { err, ok, type Problem, type Result } from "../../src/index.js";
import { askGit } from "./ask-git.js";

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

/** Asks the repository that holds `folder`; a ref is only ever a name, whatever it begins with. */
export function gitRepository(folder: string): GitRepository {
  const git = async (...args: string[]) => (await askGit(folder, args))?.toString("utf8");
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
      // Looking for what differs may start filters that the repository configures: not in one of somebody else's.
      const status = await git(
        "-c",
        "safe.directory=",
        "status",
        "--porcelain=v1",
        "-z",
        "--untracked-files=all",
        "--no-renames",
      );
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
