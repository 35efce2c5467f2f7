import { readFile } from "node:fs/promises";
import { XMLParser } from "fast-xml-parser";
import { afterEach, describe, expect, it } from "vitest";
import { type TestOptions, testPolicy } from "./test-policy.js";
import { type Files, failureOf, goodPolicy, policyFolder, recordingTerminal } from "./testdata/fixture.js";

const discards: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const discard of discards.splice(0)) await discard();
});

async function run(changes: Files, options: Partial<TestOptions> = {}, json = false) {
  const { dir, discard } = await policyFolder({ ...goodPolicy, ...changes });
  discards.push(discard);
  const terminal = recordingTerminal(json);
  const done = testPolicy({ policies: dir, timeout: 30, ...options }, terminal);
  return { dir, terminal, done };
}

const failing: Files = {
  "main/bad_test.rego": `package main_test

import data.main

test_wrong if {
	print("people", data.main.people)
	main.granted with input as {"subject": {"id": "eve"}}
}
`,
};

describe("policy test", () => {
  it("runs the tests and exits with 0 when all pass", async () => {
    const { done, terminal } = await run({});
    expect(await done).toBe(0);
    expect(terminal.text()).toMatch(/^PASS 3 passed, 0 failed, 0 skipped in [0-9.]+ s$/);
  });

  it("says of a failure where it is, which expression is not true, and what was printed", async () => {
    const { dir, done, terminal } = await run(failing);
    expect(await done).toBe(2);
    expect(terminal.lines.slice(0, -1)).toEqual([
      `FAIL ${dir}/main/bad_test.rego:5 main_test.test_wrong`,
      `  not true: ${dir}/main/bad_test.rego:7`,
      '    main.granted with input as {"subject": {"id": "eve"}}',
      "  printed:",
      '    people ["ann", "bob"]',
    ]);
    expect(terminal.lines.at(-1)).toMatch(/^FAIL 3 passed, 1 failed, 0 skipped/);
  });

  it("tells the values of the variables in the expression that is not true", async () => {
    const test =
      'package main_test\n\nimport data.main\n\ntest_set if {\n\tids := {v.rule | some v in main.violations} with input as {"channel": "closed"}\n\tids == {"other"}\n}\n';
    const { dir, done, terminal } = await run({ "main/values_test.rego": test });
    expect(await done).toBe(2);
    expect(terminal.lines.slice(0, -1)).toEqual([
      `FAIL ${dir}/main/values_test.rego:5 main_test.test_set`,
      `  not true: ${dir}/main/values_test.rego:7`,
      '    ids == {"other"}',
      '      where ids = {"main/channel_closed"}',
    ]);
  });

  it("prints one JSON document with counts and every test", async () => {
    const { dir, done, terminal } = await run(failing, { coverage: true }, true);
    expect(await done).toBe(2);
    expect(terminal.lines).toHaveLength(1);
    const document = JSON.parse(terminal.text());
    expect(document).toMatchObject({ ok: false, passed: 3, failed: 1, skipped: 0, coverage: { percent: 100 } });
    expect(document.tests).toHaveLength(4);
    expect(document.tests[0]).toMatchObject({
      package: "main_test",
      name: "test_wrong",
      file: `${dir}/main/bad_test.rego`,
      status: "fail",
      fail: { file: `${dir}/main/bad_test.rego`, row: 7 },
    });
  });

  it("lists the lines that no test reaches, and exits with 2 below the threshold", async () => {
    const { dir, done, terminal } = await run(
      { "main/more.rego": "package main\n\nnever if {\n\tinput.channel == `x`\n\tinput.now_ms > 1\n}\n" },
      { threshold: 99.5 },
    );
    expect(await done).toBe(2);
    expect(terminal.text()).toContain(`${dir}/main/more.rego    0.0 %  not reached: 3-5`);
    expect(terminal.text()).toMatch(/FAIL coverage [0-9.]+ % is below the threshold of 99.5 %/);
  });

  it("runs only what --run matches", async () => {
    const { done, terminal } = await run(failing, { run: "test_deny" });
    expect(await done).toBe(0);
    expect(terminal.text()).toMatch(/^PASS 2 passed/);
  });

  it("fails an empty run with 7: no test, none that matches, none that is not skipped", async () => {
    const none = await run({ "main/request_test.rego": "package main_test\n" });
    expect(await failureOf(none.done)).toMatchObject({ exit: 7, codes: ["policy/no_tests"] });
    const unmatched = await run({}, { run: "nothing_like_it" });
    expect(await failureOf(unmatched.done)).toMatchObject({ exit: 7, codes: ["policy/no_tests"] });
    const skipped = await run({ "main/request_test.rego": "package main_test\n\ntodo_test_a if false\n" });
    expect((await failureOf(skipped.done)).text).toContain("all 1 tests are skipped");
  });

  it("says what is wrong with the expression of --run", async () => {
    const { done } = await run({}, { run: "(" });
    const failure = await failureOf(done);
    expect(failure).toMatchObject({ exit: 1, codes: ["usage/flag"] });
    expect(failure.text).toContain("--run is no regular expression: missing closing )");
  });

  it("ends a test that takes too long, names it, and still counts the others", async () => {
    const slow =
      "package slow_test\n\ntest_slow if count([1 | some i in numbers.range(1, 9000); some j in numbers.range(1, 9000); i == -j]) == 0\n\ntest_quick if true\n";
    const { dir, done, terminal } = await run({ "slow/slow_test.rego": slow }, { timeout: 1.5 });
    expect(await done).toBe(2);
    expect(terminal.lines.slice(0, -1)).toEqual([
      `FAIL ${dir}/slow/slow_test.rego:3 slow_test.test_slow`,
      "  took longer than 1.5 s and was ended",
    ]);
    expect(terminal.lines.at(-1)).toMatch(/^FAIL 4 passed, 1 failed/);
  });

  it("writes JUnit XML with a suite for each package", async () => {
    const { dir, done } = await run(failing, {});
    await done;
    const junit = `${dir}/../junit.xml`;
    const again = testPolicy({ policies: dir, timeout: 30, junit }, recordingTerminal());
    expect(await again).toBe(2);
    const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: "" });
    const { testsuite } = parser.parse(await readFile(junit, "utf8")).testsuites;
    expect(testsuite).toMatchObject({ name: "main_test", tests: "4", failures: "1", errors: "0", skipped: "0" });
    expect(testsuite.testcase[0]).toMatchObject({
      name: "test_wrong",
      failure: {
        message: "policies/main/bad_test.rego:7",
        "#text": expect.stringContaining("main.granted with input"),
      },
      "system-out": 'people ["ann", "bob"]',
    });
  });
});
