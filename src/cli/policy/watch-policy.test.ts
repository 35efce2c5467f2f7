import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import {
  type Files,
  goodPolicy,
  policyFolder,
  type Recorded,
  recordingTerminal,
  writeFiles,
} from "./testdata/fixture.js";
import { watchPolicy } from "./watch-policy.js";

const files: Files = {
  ...goodPolicy,
  "lib/text.rego": "package lib\n\nhi := `hi`\n",
  "lib/text_test.rego": "package lib_test\n\nimport data.lib\n\ntest_hi if lib.hi == `hi`\n",
  "user/user.rego": "package user\n\nimport data.lib\n\ngreeting := lib.hi\n",
  "user/user_test.rego": "package user_test\n\nimport data.user\n\ntest_greeting if user.greeting == `hi`\n",
};

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** Starts a watch and waits for the first run. */
async function watching(): Promise<{ dir: string; terminal: Recorded; ended: AbortController; done: Promise<number> }> {
  const { dir, discard } = await policyFolder(files);
  const terminal = recordingTerminal();
  const ended = new AbortController();
  const done = watchPolicy({ policies: dir, timeout: 30 }, terminal, ended.signal);
  ends.push(async () => {
    ended.abort();
    await done;
    await discard();
  });
  expect(await terminal.told("(all)")).toMatch(/^PASS 5 passed/);
  return { dir, terminal, ended, done };
}

/** Saves files and answers the line that they make it write. */
async function save(dir: string, terminal: Recorded, changed: Files, words: string) {
  const from = terminal.lines.length;
  await writeFiles(dir, changed);
  return terminal.told(words, from);
}

it("tests the package saved first, then what needs it, and nothing else", async () => {
  const { dir, terminal } = await watching();
  const from = terminal.lines.length;
  const saved = await save(dir, terminal, { "lib/text.rego": "package lib\n\nhi := `ho`\n" }, "(lib)");
  expect(saved).toMatch(/^FAIL 0 passed, 1 failed/);
  expect(await terminal.told("what needs it: user", from)).toMatch(/^FAIL 0 passed, 1 failed/);
  const test = await save(dir, terminal, { "user/user_test.rego": `${files["user/user_test.rego"]}\n` }, "(user)");
  expect(test).toMatch(/^FAIL 0 passed, 1 failed/);
  expect(terminal.lines.slice(from).some((line) => line.includes("main"))).toBe(false);
});

it("survives what cannot be read or compiled, says where, and goes on with the next save", async () => {
  const { dir, terminal } = await watching();
  await save(dir, terminal, { "lib/text.rego": "package lib\n\nhi := }\n" }, "not run");
  expect(terminal.text()).toContain(`${dir}/lib/text.rego:3:7: `);
  await save(dir, terminal, { "lib/text.rego": "package lib\n\nhi := nobody\n" }, "not run");
  expect(terminal.text()).toContain("var nobody is unsafe");
  await save(dir, terminal, { "main/people.yaml": "people: [ann\n" }, "not run");
  expect(terminal.text()).toContain(`${dir}/main/people.yaml:`);
  const mended = { "lib/text.rego": files["lib/text.rego"] ?? "", "main/people.yaml": "people: [ann]\n" };
  expect(await save(dir, terminal, mended, "passed")).toMatch(/^PASS 4 passed, 0 failed.*\(lib, main\)/);
});

it("tests the package that owns the data saved", async () => {
  const { dir, terminal } = await watching();
  const saved = await save(dir, terminal, { "main/people.yaml": "people: [bob]\n" }, "(main)");
  expect(saved).toMatch(/^FAIL 2 passed, 1 failed/);
});

it("sees files in new folders, and files that go", async () => {
  const { dir, terminal } = await watching();
  await mkdir(join(dir, "new"));
  await save(dir, terminal, { "new/new_test.rego": "package new_test\n\ntest_new if true\n" }, "(new)");
  const from = terminal.lines.length;
  await rm(join(dir, "user"), { recursive: true });
  await writeFiles(dir, { "lib/text_test.rego": "package lib_test\n\ntest_hi if true\n" });
  expect(await terminal.told("(lib)", from)).toMatch(/^PASS 1 passed/);
});

it("ends with 0 when it is asked to", async () => {
  const { ended, done, terminal } = await watching();
  ended.abort();
  expect(await done).toBe(0);
  expect(terminal.notes).toEqual(["no longer watching"]);
});

it("tells first how what failed and the quickest tests fare, where a package takes long", async () => {
  const { dir, terminal } = await watching();
  const slow =
    "test_slow if count([1 | some i in numbers.range(1, 350); some j in numbers.range(1, 350); i == -j]) == 0";
  const tests = (quick: boolean) => `package slow_test\n\n${slow}\n\ntest_quick if ${quick}\n`;
  await save(dir, terminal, { "slow/slow_test.rego": tests(true) }, "(slow)");
  const from = terminal.lines.length;
  const first = await save(dir, terminal, { "slow/slow_test.rego": tests(false) }, "the quickest)");
  expect(first).toMatch(/^FAIL 0 passed, 1 failed/);
  expect(await terminal.told("(slow)", from)).toMatch(/^FAIL 1 passed, 1 failed/);
});
