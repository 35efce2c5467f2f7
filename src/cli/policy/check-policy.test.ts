import { afterEach, describe, expect, it } from "vitest";
import { buildPolicy } from "./build-policy.js";
import { checkPolicy } from "./check-policy.js";
import { type Files, failureOf, goodPolicy, policyFolder, recordingTerminal } from "./testdata/fixture.js";

const discards: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const discard of discards.splice(0)) await discard();
});

async function folder(files: Files): Promise<string> {
  const made = await policyFolder(files);
  discards.push(made.discard);
  return made.dir;
}

/** Checks the good policy with changes, which must fail. */
async function check(changes: Files): Promise<{ exit: number; codes: string[]; text: string; dir: string }> {
  const dir = await folder({ ...goodPolicy, ...changes });
  return { ...(await failureOf(checkPolicy({ policies: dir }, recordingTerminal()))), dir };
}

describe("policy check", () => {
  it("finds nothing in policies that are in order, and says so as JSON", async () => {
    const terminal = recordingTerminal(true);
    expect(await checkPolicy({ policies: await folder(goodPolicy) }, terminal)).toBe(0);
    expect(terminal.lines).toHaveLength(1);
    expect(JSON.parse(terminal.text())).toMatchObject({ ok: true, files: 2, entrypoints: ["main/request"] });
  });

  it("finds a misspelt input field by the entrypoint's input schema", async () => {
    const rego = goodPolicy["main/request.rego"]?.replace("input.channel ==", "input.chanel ==") ?? "";
    const { exit, codes, text, dir } = await check({ "main/request.rego": rego });
    expect({ exit, codes }).toEqual({ exit: 1, codes: ["policy/invalid"] });
    expect(text).toContain(`${dir}/main/request.rego:28:2: undefined ref: input.chanel`);
    expect(text).toContain('hint: have: "chanel"; want (one of): ["action"');
  });

  it("reports every syntax error with file, row, source line and caret", async () => {
    const { exit, text, dir } = await check({
      "main/a.rego": "package main\n\na := {\n",
      "main/b.rego": "package main\n\nb if input.x == }\n",
    });
    expect(exit).toBe(1);
    expect(text.match(/a\.rego/g)).toHaveLength(1);
    expect(text).toContain(`${dir}/main/a.rego:4: unexpected eof token: expected rule value term`);
    expect(text).toContain(`${dir}/main/b.rego:3:`);
    expect(text).toMatch(/ {2}b if input\.x == \}\n {2,}\^/);
  });

  it("reports bad data at its place, and what the schema wants", async () => {
    const { exit, codes, text, dir } = await check({ "main/people.yaml": "people: [ann, 7]\n" });
    expect({ exit, codes }).toEqual({ exit: 1, codes: ["policy/data_invalid"] });
    expect(text).toContain(`${dir}/main/people.yaml:1:15: data.main.people.1 must be string`);
    expect(text).toContain("hint: policies/main/data.schema.json says what may stand here");
  });

  it("refuses a rule that has the name of a data key, as a build does", async () => {
    const { text } = await check({ "main/people.rego": "package main\n\npeople := 1\n" });
    expect(text).toContain("the rule main.people has the name of a data key");
  });

  it("refuses a builtin that the folder does not allow, but lets tests use it", async () => {
    const capabilities = {
      schema: "lockkeeper/capabilities/v1",
      why: "Only what this policy needs.",
      groups: [
        {
          title: "All",
          why: "Only what this policy needs.",
          builtins: ["assign", "count", "eq", "equal", "internal.member_2", "rego.metadata.rule"],
        },
      ],
    };
    const test = "package main_test\n\ntest_print if {\n\tprint(time.now_ns())\n}\n";
    const changes = { "capabilities.json": JSON.stringify(capabilities), "main/print_test.rego": test };
    const good = await folder({ ...goodPolicy, ...changes });
    expect(await checkPolicy({ policies: good }, recordingTerminal())).toBe(0);
    const { text } = await check({ ...changes, "main/clock.rego": "package main\n\nnow := time.now_ns()\n" });
    expect(text).toContain("main/clock.rego:3:8: undefined function time.now_ns");
    expect(text).toContain("hint: time.now_ns is a builtin that the capabilities do not allow");
  });

  it("takes a folder without entrypoints for a library, with a note", async () => {
    const terminal = recordingTerminal();
    const dir = await folder({ "lib/text.rego": "package lib\n\nhi := 1\n" });
    expect(await checkPolicy({ policies: dir }, terminal)).toBe(0);
    expect(terminal.notes.join()).toContain("no entrypoint yet");
  });

  it("fails an empty folder with 7, and a build without an entrypoint with a hint", async () => {
    const empty = await folder({ "main/people.yaml": "people: []\n" });
    expect(await failureOf(checkPolicy({ policies: empty }, recordingTerminal()))).toMatchObject({ exit: 7 });
    const library = await folder({ "lib/text.rego": "package lib\n\nhi := 1\n" });
    const failure = await failureOf(buildPolicy({ policies: library }, recordingTerminal()));
    expect(failure.text).toMatch(/policies: no entrypoint \[policy\/invalid\]\n {2}hint: mark the rules/);
  });

  it("says that a folder is not there", async () => {
    const failure = await failureOf(checkPolicy({ policies: "no/such" }, recordingTerminal()));
    expect(failure).toMatchObject({ exit: 1, codes: ["usage/missing"] });
    expect(failure.text).toContain("no such folder: no/such");
  });
});

describe("policy build", () => {
  it("writes an OPA bundle and tells its hash, entrypoints, rules and sizes", async () => {
    const dir = await folder(goodPolicy);
    const terminal = recordingTerminal(true);
    expect(await buildPolicy({ policies: dir, output: `${dir}/../bundle.tar.gz` }, terminal)).toBe(0);
    expect(JSON.parse(terminal.text())).toMatchObject({
      ok: true,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      entrypoints: ["main/request"],
      rules: 1,
      requirements: 1,
    });
    const { loadBundle } = await import("../../policy/index.js");
    expect(await loadBundle(`${dir}/../bundle.tar.gz`)).toMatchObject({ ok: true });
  });

  it("leaves the last good bundle where it is when the policy is broken", async () => {
    const dir = await folder(goodPolicy);
    const output = `${dir}/../bundle`;
    expect(await buildPolicy({ policies: dir, output }, recordingTerminal())).toBe(0);
    const { loadBundle } = await import("../../policy/index.js");
    const before = await loadBundle(output);
    const { writeFiles } = await import("./testdata/fixture.js");
    await writeFiles(dir, { "main/broken.rego": "package main\n\nx := \n" });
    expect(await failureOf(buildPolicy({ policies: dir, output }, recordingTerminal()))).toMatchObject({ exit: 1 });
    expect(await loadBundle(output)).toEqual(before);
  });
});
