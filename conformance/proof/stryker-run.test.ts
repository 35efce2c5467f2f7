import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isTypeScript, runStryker, type StrykerQuestion, testFilesOf } from "./stryker-run.js";
import { caseTrial, provableExample, testTrial } from "./testdata/proof-example.js";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "lockkeeper-stryker-"));
  writeFileSync(join(root, "package.json"), "{}");
});
afterEach(() => rmSync(root, { recursive: true }));

/** Installs a program in Stryker's place. It is given the settings as `settings`, and writes what it is told to. */
function install(program: string): void {
  const folder = join(root, "node_modules/@stryker-mutator/core");
  mkdirSync(join(folder, "bin"), { recursive: true });
  writeFileSync(join(folder, "package.json"), '{"name": "@stryker-mutator/core", "version": "0.0.0"}');
  const head = 'const fs = require("fs"); const settings = JSON.parse(fs.readFileSync(process.argv[3], "utf8"));';
  writeFileSync(join(folder, "bin/stryker.js"), `${head}\n${program}\n`);
}

const report = '{schemaVersion: "2", thresholds: {high: 80, low: 60}, files: {}, config: settings}';
const answering = `fs.writeFileSync(settings.jsonReporter.fileName, JSON.stringify(${report}));`;

function question(over: Partial<StrykerQuestion> = {}): StrykerQuestion {
  const places = [{ file: "src/[a].ts", row: 3, end_row: 9 }];
  return { root, places, testFiles: ["src/a.test.ts"], key: "k", force: false, progress: () => undefined, ...over };
}

describe("asking Stryker", () => {
  it("mutates exactly the cited rows, with the tests that cite, and leaves nothing behind", async () => {
    install(answering);
    const answered = await runStryker(question());
    expect(answered).toMatchObject({
      ok: true,
      value: {
        config: {
          mutate: ["src/\\[a\\].ts:3-9"],
          testFiles: ["src/a.test.ts"],
          testRunner: "vitest",
          coverageAnalysis: "perTest",
          disableBail: true,
          force: false,
        },
      },
    });
    expect(readdirSync(join(root, ".lockkeeper/stryker"))).toEqual([]);
  });

  it("keeps results of earlier runs apart where anything else changed", async () => {
    install(answering);
    const fileFor = async (key: string) => {
      const answered = await runStryker(question({ key }));
      return JSON.stringify(answered).match(/"incrementalFile":"([^"]+)"/)?.[1];
    };
    const first = await fileFor("a");
    expect(first).toMatch(/^\.lockkeeper\/stryker\/[0-9a-f]{32}\.incremental\.json$/);
    expect(await fileFor("a")).toBe(first);
    expect(await fileFor("b")).not.toBe(first);
  });

  it("tells what it says last, without its colours", async () => {
    install(`console.log("\\u001b[31mMutation testing 50%\\u001b[0m"); ${answering}`);
    const told: string[] = [];
    await runStryker(question({ progress: (line) => told.push(line) }));
    expect(told).toContain("Stryker: Mutation testing 50%");
  });

  it("that is not installed says how to install it", async () => {
    expect(await runStryker(question())).toMatchObject({
      ok: false,
      error: [{ code: "usage/missing", hint: expect.stringContaining("npm install") }],
    });
  });

  it.each([
    [
      "says why",
      'console.error("INFO a\\nERROR DryRunExecutor a test failed\\n  x > y"); process.exit(1);',
      "a test failed",
    ],
    ["says nothing", "process.exit(3);", "it said nothing"],
  ])("that leaves no report and %s is a problem", async (_, program, hint) => {
    install(program);
    const answered = await runStryker(question());
    expect(answered).toMatchObject({ ok: false, error: [{ code: "conform/failed" }] });
    expect(answered.ok ? "" : answered.error[0]?.hint).toContain(hint);
  });

  it("that leaves something else is a problem", async () => {
    install('fs.writeFileSync(settings.jsonReporter.fileName, "[]");');
    expect(await runStryker(question())).toMatchObject({ ok: false, error: [{ code: "schema/invalid" }] });
  });
});

it("asks only the test files that its runner can run, each once", () => {
  const rego = { ...testTrial, file: "policies/a_test.rego" };
  const again = { ...testTrial, name: "another" };
  expect(testFilesOf([provableExample({ trials: [testTrial, caseTrial, rego, again] })])).toEqual(["src/open.test.ts"]);
});

it.each([
  ["code", "src/a.ts", true],
  ["code", "src/a.mjs", true],
  ["code", "page.tsx", true],
  ["code", "a.py", false],
  ["code", "a.tsv", false],
  ["rule", "src/a.ts", false],
] as const)("takes %s of %s for what Stryker can break: %s", (kind, file, expected) => {
  expect(isTypeScript({ kind, file })).toBe(expected);
});
