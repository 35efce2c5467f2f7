import { execFileSync } from "node:child_process";
import { chownSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type RepositoryExample, repositoryExample } from "../regression/testdata/repository-example.js";
import { askGit } from "./ask-git.js";
import { gitRepository } from "./git-repository.js";

let repository: RepositoryExample;
let root: string;
beforeEach(() => {
  repository = repositoryExample();
  root = repository.config.root;
});
afterEach(() => repository[Symbol.dispose]());

it("gives what git prints to what it is given, byte for byte, and nothing where git fails or there is no folder", async () => {
  expect(await askGit(root, ["hash-object", "--stdin"], "a\n")).toEqual(
    Buffer.from("78981922613b2afb6025042ff6bd878ac1994e85\n"),
  );
  expect(await askGit(root, ["hash-object", "--no-such-option"])).toBeUndefined();
  expect(await askGit(join(root, "nowhere"), ["rev-parse"])).toBeUndefined();
});

it("is told nothing by the environment or anybody's own configuration", async () => {
  execFileSync("git", ["-C", root, "config", "core.hooksPath", "here"]);
  expect(`${await askGit(root, ["config", "core.hooksPath"])}`).toBe("/dev/null\n");
  expect(`${await askGit(root, ["config", "core.fsmonitor"])}`).toBe("false\n");
  expect(await askGit(root, ["config", "--global", "--list"])).toEqual(Buffer.alloc(0));
});

it.skipIf(process.getuid?.() !== 0)("reads somebody else's repository, and looks for no changes in it", async () => {
  repository.write({ "a.txt": "a" });
  const commit = repository.commit();
  const asked = gitRepository(root);
  expect(await asked.changedPaths()).toEqual([]);
  for (const path of [root, join(root, ".git")]) chownSync(path, 65534, 65534);
  expect(await asked.commitOf("HEAD")).toEqual({ ok: true, value: commit });
  expect(await asked.textAt(commit, "a.txt")).toBe("a");
  expect(await asked.changedPaths()).toBeUndefined();
});
