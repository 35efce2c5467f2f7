import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder that commands really run in: a few files and a git repository of three commits. Dispose of it to remove it. */
export type ScratchWorkspace = Disposable & {
  readonly path: string;
  /** Whether every name, kind and byte in it is as it was made: nothing was changed or left behind. */
  isUntouched(): boolean;
};

const files: Readonly<Record<string, string>> = {
  "README.md": "# Sample\n\nA sample for the gate.\n",
  "a.txt": "one\ntwo\nthree\n",
  "b.txt": "one\n2\nthree\n",
  "data.csv": "name,count\nanna,3\nbert,1\n",
  "src/a.ts": "export const foo = 1;\n",
  "src/b.ts": 'import { foo } from "./a.js";\n\nexport const bar = foo + 1;\n',
};

/** Everything git must know, so that the commits are the same on every machine. */
const gitEnv = {
  PATH: "/usr/bin:/bin",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_AUTHOR_NAME: "Sample",
  GIT_AUTHOR_EMAIL: "sample@example.com",
  GIT_AUTHOR_DATE: "2026-01-01T00:00:00Z",
  GIT_COMMITTER_NAME: "Sample",
  GIT_COMMITTER_EMAIL: "sample@example.com",
  GIT_COMMITTER_DATE: "2026-01-01T00:00:00Z",
};

/** Makes a workspace in the system's folder for temporary files. */
export function makeScratchWorkspace(): ScratchWorkspace {
  const path = realpathSync(mkdtempSync(join(tmpdir(), "lockkeeper-workspace-")));
  const git = (...args: string[]) =>
    execFileSync("/usr/bin/git", ["-C", path, ...args], { env: gitEnv, stdio: "pipe" });
  mkdirSync(join(path, "src"));
  git("init", "-q", "-b", "main");
  const commits = [["README.md"], ["a.txt", "b.txt", "data.csv"], ["src/a.ts", "src/b.ts"]];
  for (const [index, names] of commits.entries()) {
    for (const name of names) writeFileSync(join(path, name), files[name] ?? "");
    git("add", ".");
    git("commit", "-q", "-m", `commit ${index + 1}`);
  }
  const made = digestOf(path);
  return {
    path,
    isUntouched: () => digestOf(path) === made,
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}

function digestOf(root: string): string {
  const hash = createHash("sha256");
  const entries = readdirSync(root, { recursive: true, withFileTypes: true });
  const named = entries.map((entry) => ({ entry, path: join(entry.parentPath, entry.name) }));
  for (const { entry, path } of named.sort((a, b) => (a.path < b.path ? -1 : 1))) {
    hash.update(`${path}\0`);
    if (entry.isFile()) hash.update(readFileSync(path));
    else hash.update(entry.isSymbolicLink() ? readlinkSync(path) : `kind ${entry.isDirectory()}`);
  }
  return hash.digest("hex");
}
