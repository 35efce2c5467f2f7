import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PolicyTree, parsePolicyTree, Toolchain } from "../../src/index.js";
import { digestsOf, touchedGroups, trialGroups } from "./trial-groups.js";

type Files = Readonly<Record<string, string>>;

const files: Files = {
  "lib/lib.rego": "package lib\n\nhelp := 1\n",
  "lib/fixture_test.rego": "package lib_test\n\nasked := {}\n",
  "one/one.rego": "package one\n\nimport data.lib\n\nvalue := lib.help\n",
  "one/one_test.rego": "package one_test\n\nimport data.one\n\ntest_one if one.value == 1\n",
  "two/two.rego": "package two\n\nvalue := 2\n",
  "two/two_test.rego": "package two_test\n\nimport data.two\n\ntest_two if two.value == 2\n",
  "main/main.rego": "package main\n\nimport data.one\n\nrequest := one.value\n",
  "two/two.yaml": "size: 1\n",
};

function treeOf(changes: Files = {}): PolicyTree {
  const all = Object.entries({ ...files, ...changes }).filter(([, text]) => text !== "");
  const listed = all.map(([path, text]) => ({ path: `policies/${path}`, bytes: new TextEncoder().encode(text) }));
  const tree = parsePolicyTree({ name: "policies", sha256: "0".repeat(64), files: listed });
  if (!tree.ok) throw new Error(JSON.stringify(tree.error));
  return tree.value;
}

let toolchain: Toolchain;
beforeAll(() => {
  toolchain = new Toolchain({ workers: 1, deadlineMs: 60_000 });
});
afterAll(() => toolchain[Symbol.asyncDispose]());

/** The groups that run again after an edit. */
async function touchedBy(changes: Files): Promise<readonly string[]> {
  const now = treeOf(changes);
  const touched = await touchedGroups(trialGroups(now, [], {}), digestsOf(treeOf()), now, toolchain);
  if (!touched.ok) throw new Error(JSON.stringify(touched.error));
  return [...touched.value].map(({ name }) => name);
}

describe("touchedGroups", () => {
  it("names nothing where no file differs", async () => {
    expect(await touchedBy({})).toEqual([]);
  });

  it("names the tests of the edited package, and of those that need it, however far; cases where main does", async () => {
    expect(await touchedBy({ "two/two.rego": "package two\n\nvalue := 3\n" })).toEqual(["two"]);
    expect(await touchedBy({ "one/one.rego": "package one\n\nvalue := 3\n" })).toEqual(["one", "(cases)"]);
    expect(await touchedBy({ "lib/lib.rego": "package lib\n\nhelp := 2\n" })).toEqual(["lib", "one", "(cases)"]);
  });

  it("names the tests that a file of tests is of, and no cases", async () => {
    expect(await touchedBy({ "one/one_test.rego": "package one_test\n\ntest_one if true\n" })).toEqual(["one"]);
  });

  it("names all where a package came or went", async () => {
    const all = ["lib", "one", "two", "(cases)"];
    expect(await touchedBy({ "new/new.rego": "package new\n\nvalue := 1\n" })).toEqual(all);
    expect(await touchedBy({ "main/main.rego": "" })).toEqual(all);
  });
});

describe("trialGroups", () => {
  const asks = (changes: Files, cited: Readonly<Record<string, readonly string[]>> = {}) =>
    new Map(trialGroups(treeOf(changes), [], cited).map((group) => [group.name, group.asks]));
  const differing = (changes: Files, cited?: Readonly<Record<string, readonly string[]>>) => {
    const now = asks(changes, cited);
    return [...asks({})].flatMap(([name, before]) => (now.get(name) === before ? [] : [name]));
  };

  it("asks the same while only rules change", () => {
    expect(differing({ "one/one.rego": "package one\n\nvalue := 3\n" })).toEqual([]);
  });

  it("asks anew where data, the tests, what they share or what they cite changes", () => {
    expect(differing({ "two/two.yaml": "size: 2\n" })).toEqual(["lib", "one", "two", "(cases)"]);
    expect(differing({ "one/one_test.rego": "package one_test\n\ntest_one if true\n" })).toEqual(["one"]);
    expect(differing({ "lib/fixture_test.rego": "package lib_test\n" })).toEqual(["lib", "one", "two"]);
    expect(differing({}, { "data.two_test.test_two": ["EXE-15"] })).toEqual(["two"]);
  });
});
