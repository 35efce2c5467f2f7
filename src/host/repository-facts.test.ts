import { execFileSync } from "node:child_process";
import { appendFile, mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { gitRepositoryFacts } from "./repository-facts.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(await realpath(tmpdir()), "lockkeeper-repository-"));
});
afterEach(() => rm(folder, { recursive: true }));

const init = () =>
  execFileSync("/usr/bin/git", ["init", "-q", folder], { env: { GIT_CONFIG_NOSYSTEM: "1", HOME: folder } });

it("finds nothing to obey where there is no repository", async () => {
  expect(await gitRepositoryFacts.read(folder, folder)).toEqual({ config_keys: [] });
});

// @requirement EXE-15
it("names what a hostile repository sets, also through an include and from a folder inside, and executes none of it", async () => {
  init();
  const marker = join(folder, "marker");
  await writeFile(join(folder, "more"), `[filter "x"]\n\tclean = touch ${marker}\n`);
  await appendFile(
    join(folder, ".git/config"),
    `[core]\n\tfsmonitor = touch ${marker}\n\tpager = touch ${marker}\n[include]\n\tpath = ../more\n`,
  );
  await mkdir(join(folder, "deep"));
  const facts = await gitRepositoryFacts.read(join(folder, "deep"), folder);
  expect(facts?.config_keys).toEqual(
    expect.arrayContaining(["core.fsmonitor", "core.pager", "filter.x.clean", "include.path", "core.bare"]),
  );
  expect(execFileSync("/bin/ls", [folder], { encoding: "utf8" })).toBe("deep\nmore\n");
});

it("knows nothing of a repository whose configuration cannot be read", async () => {
  init();
  await writeFile(join(folder, ".git/config"), "[broken\n");
  expect(await gitRepositoryFacts.read(folder, folder)).toBeNull();
});

// @requirement EXE-15
it("names what .gitmodules sets, in the work tree and in what was committed", async () => {
  init();
  const git = (...args: string[]) =>
    execFileSync("/usr/bin/git", ["-C", folder, "-c", "user.name=x", "-c", "user.email=x@example.com", ...args], {
      env: { GIT_CONFIG_NOSYSTEM: "1", HOME: folder },
      stdio: "pipe",
    });
  await writeFile(join(folder, ".gitmodules"), '[submodule "a"]\n\tpath = a\n\tignore = none\n');
  const keys = async () => (await gitRepositoryFacts.read(folder, folder))?.config_keys ?? [];
  expect(await keys()).toEqual(expect.arrayContaining(["submodule.a.ignore", "submodule.a.path"]));
  git("add", ".gitmodules");
  await rm(join(folder, ".gitmodules"));
  expect(await keys()).toContain("submodule.a.ignore");
  git("commit", "-q", "-m", "x");
  git("rm", "-q", "--cached", ".gitmodules");
  expect(await keys()).toContain("submodule.a.ignore");
  await writeFile(join(folder, ".gitmodules"), "[broken\n");
  expect(await gitRepositoryFacts.read(folder, folder)).toBeNull();
});

// @requirement EXE-15
it("names a repository that lies around the workspace, one that lies elsewhere, and one that borrows objects", async () => {
  init();
  const keys = async (cwd: string, workspace: string) =>
    (await gitRepositoryFacts.read(cwd, workspace))?.config_keys ?? [];
  const outside = "lockkeeper.repository.outside-workspace";
  const deep = join(folder, "deep");
  await mkdir(deep);
  expect(await keys(deep, folder)).not.toContain(outside);
  expect(await keys(deep, deep)).toContain(outside);
  const other = join(deep, "other");
  await mkdir(other);
  await writeFile(join(other, ".git"), `gitdir: ${join(folder, ".git")}\n`);
  expect(await keys(other, other)).toContain(outside);
  await writeFile(join(folder, ".git/objects/info/alternates"), "/somewhere/else\n");
  expect(await keys(folder, folder)).toContain("lockkeeper.repository.alternates");
});
