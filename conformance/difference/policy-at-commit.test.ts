import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readPolicyFiles } from "../../src/index.js";
import { readPoliciesAt } from "./policy-at-commit.js";

let root: string;
let policies: string;
const git = (...args: readonly string[]) =>
  execFileSync("git", ["-C", root, "-c", "user.name=Ann", "-c", "user.email=ann@example.com", ...args], {
    stdio: "pipe",
  });

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "lockkeeper-diff-"));
  policies = join(root, "rules", "policies");
  mkdirSync(join(policies, "door"), { recursive: true });
  writeFileSync(join(policies, "door", "door.rego"), "package door\n");
  writeFileSync(join(policies, "door", "door_test.rego"), "package door_test\n");
  writeFileSync(join(policies, "door", "people.yaml"), "people: [ann]\n");
  writeFileSync(join(policies, "notes.txt"), "not a policy\n");
  git("init", "-q", "-b", "trunk");
  git("add", "-A");
  git("commit", "-q", "-m", "first");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

it("reads what was committed, whatever lies in the work tree, under the hash that the folder had", async () => {
  const before = await readPolicyFiles(policies);
  writeFileSync(join(policies, "door", "people.yaml"), "people: [ann, eve]\n");
  rmSync(join(policies, "door", "door.rego"));
  const read = await readPoliciesAt(policies, "policies", "trunk");
  if (!read.ok || !before.ok) throw new Error("not read");
  expect(read.value?.files.sha256).toBe(before.value.sha256);
  expect(read.value?.files.files.map(({ path }) => path)).toEqual([
    "policies/door/door.rego",
    "policies/door/door_test.rego",
    "policies/door/people.yaml",
  ]);
});

it("takes for no commit what git knows nothing of, and what would be an option", async () => {
  for (const ref of ["nowhere", "--help", "", "trunk:rules", "trunk\nHEAD"]) {
    expect(await readPoliciesAt(policies, "policies", ref)).toEqual({ ok: true, value: undefined });
  }
});

it("says that a commit has no such folder", async () => {
  const elsewhere = join(root, "elsewhere");
  mkdirSync(elsewhere);
  const read = await readPoliciesAt(elsewhere, "elsewhere", "trunk");
  expect(read).toMatchObject({ ok: false, error: [{ code: "usage/missing" }] });
});

it("refuses a symbolic link that was committed, as it does one in a folder", async () => {
  symlinkSync("/etc/passwd", join(policies, "door", "more.yaml"));
  git("add", "-A");
  git("commit", "-q", "-m", "a link");
  const read = await readPoliciesAt(policies, "policies", "HEAD");
  expect(read).toMatchObject({
    ok: false,
    error: [{ code: "policy/invalid", message: "not a plain file", place: { file: "policies/door/more.yaml" } }],
  });
  expect(await readPoliciesAt(policies, "policies", "HEAD~1")).toMatchObject({ ok: true });
});
