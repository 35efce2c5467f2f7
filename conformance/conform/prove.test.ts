import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { formatProblem } from "../../src/index.js";
import { readConfig } from "../config/index.js";
import { prove } from "./prove.js";

const files = {
  "lockkeeper.yaml": `schema: lockkeeper/config/v1
product: {name: hours, version: "1.0"}
specs: specs
reports: reports
evidence: {roots: [src, bench], ignore: []}
`,
  "specs/requirements/hours.yaml": `schema: lockkeeper/requirements/v1
title: Hours
sources: {ours: {title: Ours, date: "2026-01-01"}}
requirements:
  - {id: HRS-1, rev: 1, level: MUST, method: mutation, text: It MUST open past seven only., source: {doc: ours, section: "1"}, since: "1.0"}
  - {id: HRS-2, rev: 1, level: MUST, method: measurement, text: It MUST answer within a millisecond., source: {doc: ours, section: "2"}, since: "1.0"}
  - {id: HRS-3, rev: 1, level: MUST, method: mutation, text: It MUST sing on Sundays in time., source: {doc: ours, section: "3"}, since: "9.0"}
`,
  "src/open.ts": "/** @requirement HRS-1 */\nexport function isOpen(n: number) {\n  return n > 7;\n}\n",
  "src/open.test.ts": '// @requirement HRS-1\nit("opens past seven", () => {\n  expect(isOpen(8)).toBe(true);\n});\n',
  "bench/answer.ts": '/** @requirement HRS-2 */\nexport const answer = () => ({ name: "an answer", value: 1 });\n',
  "package.json": "{}",
  "node_modules/@stryker-mutator/core/package.json": '{"name": "@stryker-mutator/core", "version": "0.0.0"}',
  // Breaks the third row of every cited range, and says of it what stands in answer.json.
  "node_modules/@stryker-mutator/core/bin/stryker.js": `const fs = require("fs");
const settings = JSON.parse(fs.readFileSync(process.argv[3], "utf8"));
fs.appendFileSync("asked.txt", settings.mutate.join(" ") + "\\n");
const source = fs.readFileSync("src/open.ts", "utf8");
const line = source.split("\\n").findIndex((row) => row.includes("return")) + 1;
const location = { start: { line, column: 10 }, end: { line, column: 15 } };
const mutant = { id: "1", mutatorName: "EqualityOperator", location, replacement: "n >= 7", coveredBy: ["0"] };
const answer = JSON.parse(fs.readFileSync("answer.json", "utf8"));
fs.writeFileSync(settings.jsonReporter.fileName, JSON.stringify({
  schemaVersion: "2", thresholds: { high: 80, low: 60 },
  files: { "src/open.ts": { language: "typescript", source, mutants: [{ ...mutant, ...answer }] } },
  testFiles: { "src/open.test.ts": { tests: [{ id: "0", name: "opens past seven" }] } },
}));
`,
  "answer.json": '{"status": "Killed", "killedBy": ["0"]}',
} as const;

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "lockkeeper-prove-"));
  for (const [file, text] of Object.entries(files)) write(file, text);
});
afterEach(() => rmSync(root, { recursive: true }));

function write(file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}

function change(file: keyof typeof files, from: string, to: string): void {
  expect(files[file]).toContain(from);
  write(file, files[file].replace(from, to));
}

async function run(ids: readonly string[] = [], all = false) {
  const config = await readConfig(root);
  if (!config.ok) throw new Error(config.error.map(formatProblem).join("\n"));
  const proven = await prove(config.value, { ids, all, progress: () => undefined });
  if (!proven.ok) return proven.error.map(({ message }) => message).join("\n");
  return `${proven.value.proofs.map(({ requirement, state }) => `${requirement} ${state}`).join(", ")}; ${proven.value.tried} tried`;
}

const recorded = () => readFileSync(join(root, "specs/proof.json"), "utf8");

it("breaks what is cited once, and again only what changed", async () => {
  expect(await run()).toBe("HRS-1 killed; 1 tried");
  expect(readFileSync(join(root, "asked.txt"), "utf8")).toBe("src/open.ts:2-4\n");
  const first = recorded();
  expect(await run()).toBe("HRS-1 killed; 0 tried");
  expect(recorded()).toBe(first);
  expect(await run([], true)).toBe("HRS-1 killed; 1 tried");
  expect(recorded()).toBe(first);
});

it.each<[string, keyof typeof files, string, string, number]>([
  ["the cited line", "src/open.ts", "n > 7", "n > 6", 1],
  ["the test that noticed", "src/open.test.ts", "toBe(true)", "toBe(!false)", 1],
  ["a line before", "src/open.ts", "/** @", "const a = 1;\n\n/** @", 0],
  ["another line of the test's file", "src/open.test.ts", "// @", "const b = 2;\n// @", 0],
])("tries again after a change of %s as often as it must", async (_, file, from, to, tried) => {
  await run();
  change(file, from, to);
  expect(await run()).toBe(`HRS-1 killed; ${tried} tried`);
});

it("asks the test beside a file first, and every test that cites about what that one leaves", async () => {
  const asked = () => readFileSync(join(root, "asked.txt"), "utf8").trim().split("\n").slice(1);
  write("src/day.test.ts", '// @requirement HRS-1\nit("has hours", () => {\n  expect(isOpen(8)).toBe(true);\n});\n');
  expect(await run()).toBe("HRS-1 killed; 1 tried");
  expect(asked()).toEqual([]);
  write("answer.json", '{"status": "Survived"}');
  expect(await run([], true)).toBe("HRS-1 survived; 1 tried");
  expect(asked()).toEqual(["src/open.ts:2-4", "src/open.ts:2-4"]);
  rmSync(join(root, "src/day.test.ts"));
  expect(await run([], true)).toBe("HRS-1 survived; 1 tried");
  expect(asked()).toHaveLength(3);
});

it("records survivors, and tries them again", async () => {
  write("answer.json", '{"status": "Survived"}');
  expect(await run()).toBe("HRS-1 survived; 1 tried");
  expect(recorded()).toContain("-   return n > 7;\\n+   return n >= 7;");
  write("answer.json", files["answer.json"]);
  expect(await run()).toBe("HRS-1 killed; 1 tried");
});

it("records what benchmarks measured last, and keeps it while they do not run", async () => {
  write("reports/bench.json", '[{"name": "an answer", "value": 0.2, "unit": "ms", "bar": "under 1 ms", "met": true}]');
  await run();
  const measured = '"value":0.2';
  expect(recorded()).toContain(measured);
  rmSync(join(root, "reports"), { recursive: true });
  await run();
  expect(recorded()).toContain(measured);
});

it("leaves other requirements as they are, and forgets those that are gone", async () => {
  await run();
  const one = JSON.parse(recorded()).requirements[0];
  const { id: _, ...rest } = one;
  const requirements = [one, { id: "HRS-3", ...rest }, { id: "HRS-9", ...rest }];
  write("specs/proof.json", JSON.stringify({ schema: "lockkeeper/proof/v1", requirements }));
  await run(["HRS-1"]);
  expect([...recorded().matchAll(/"id":"(HRS-\d)"/g)].map(([, id]) => id)).toEqual(["HRS-1", "HRS-3"]);
});

it("says what it does not know, and what keeps it from proving", async () => {
  expect(await run(["HRS-7"])).toBe("no requirement is called HRS-7");
  expect(await run(["HRS-3"])).toBe("; 0 tried");
  write("specs/proof.json", "{}");
  expect(await run()).toContain("required");
  rmSync(join(root, "specs/proof.json"));
  rmSync(join(root, "node_modules"), { recursive: true });
  expect(await run()).toContain("Stryker is not installed");
});
