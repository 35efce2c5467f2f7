import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Figure, rounded } from "./figure.js";

const files = 100_000;
const requirements = 2000;
const folders = 400;

/**
 * `lockkeeper conform` on a repository of 100 000 files of which 4 000 cite 2 000 requirements: new, again with nothing
 * changed, and the most memory that the two took. Each run is a process of its own; the report is written, too.
 */
export function largeRepositoryFigures(): Figure[] {
  const root = mkdtempSync(join(tmpdir(), "lockkeeper-large-"));
  try {
    generateLargeRepository(root);
    const cold = conform(root);
    const warm = conform(root);
    const memory = Math.max(cold.megabytes, warm.megabytes);
    const name = `lockkeeper conform, ${files} files, ${requirements} requirements`;
    return [
      { name: `${name}, cold`, value: rounded(cold.seconds), unit: "s", bar: "≤ 30 s", met: cold.seconds <= 30 },
      {
        name: `${name}, nothing changed`,
        value: rounded(warm.seconds),
        unit: "s",
        bar: "≤ 3 s",
        met: warm.seconds <= 3,
      },
      { name: `${name}, peak memory`, value: rounded(memory), unit: "MB", bar: "≤ 500 MB", met: memory <= 500 },
    ];
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** Tells on descriptor 3 the most memory that the process had, in kilobytes. */
const tellMemory = `data:text/javascript,${encodeURIComponent(
  'import { writeSync } from "node:fs"; process.on("exit", () => writeSync(3, String(process.resourceUsage().maxRSS)));',
)}`;

function conform(cwd: string): { readonly seconds: number; readonly megabytes: number } {
  const startedMs = performance.now();
  const ended = spawnSync(process.execPath, ["--import", tellMemory, resolve("bin/lockkeeper.js"), "conform"], {
    cwd,
    stdio: ["ignore", "pipe", "inherit", "pipe"],
    encoding: "utf8",
  });
  const seconds = (performance.now() - startedMs) / 1000;
  if (ended.status !== 0) throw new Error(`lockkeeper conform ended with ${ended.status}: ${ended.stdout}`);
  return { seconds, megabytes: Number(ended.output[3]) / 1024 };
}

const config = `schema: lockkeeper/config/v1
product: {name: large, version: "1.0"}
specs: specs
reports: reports
evidence: {roots: ["."], ignore: ["reports/**", "build/**"]}
results: [build/junit.xml]
coverage: [build/lcov.info]
mutants: [build/mutants.json]
demand: killed
`;

/** Writes the repository: of every 50 files two cite, in one of three languages; the others are as long as code is. */
export function generateLargeRepository(root: string): void {
  const write = (file: string, text: string) => writeFileSync(join(root, file), text);
  for (const folder of ["specs/requirements", "build"]) mkdirSync(join(root, folder), { recursive: true });
  for (let folder = 0; folder < folders; folder += 1) mkdirSync(join(root, `src/d${folder}`), { recursive: true });
  write("lockkeeper.yaml", config);
  for (let from = 0; from < requirements; from += 100) write(`specs/requirements/r${from}.yaml`, requirementFile(from));
  const cases: string[] = [];
  const lcov: string[] = [];
  const mutants: Record<string, unknown> = {};
  const tests: Record<string, unknown> = {};
  for (let n = 0; n < requirements; n += 1) {
    const { code, test, source, testSource, row } = pair(n);
    write(code, source);
    write(test, testSource);
    cases.push(`<testcase classname="src.d${n % folders}.test_m${n}" name="test_f${n}" time="0"/>`);
    lcov.push(`SF:${code}`, ...[0, 1].map((line) => `DA:${row + line},1`), "end_of_record");
    const location = { start: { line: row + 1, column: 12 }, end: { line: row + 1, column: 13 } };
    const died = { status: "Killed", coveredBy: [`${n}`], killedBy: [`${n}`] };
    const mutant = { id: `${n}`, mutatorName: "Constant", location, replacement: "0", ...died };
    mutants[code] = { language: "python", source, mutants: [mutant] };
    tests[test] = { tests: [{ id: `${n}`, name: `test_f${n}` }] };
  }
  write("build/junit.xml", `<testsuites><testsuite name="pytest">${cases.join("\n")}</testsuite></testsuites>`);
  write("build/lcov.info", `${lcov.join("\n")}\n`);
  const report = { schemaVersion: "2", thresholds: { high: 80, low: 60 }, files: mutants, testFiles: tests };
  write("build/mutants.json", JSON.stringify(report));
  const endings = ["py", "go", "rs", "ts", "java"];
  for (let n = 2 * requirements; n < files; n += 1) {
    write(
      `src/d${n % folders}/p${n}.${endings[n % endings.length]}`,
      `// File ${n}\n${"const a = 1; // as any other\n".repeat(50)}`,
    );
  }
}

function pair(n: number) {
  const folder = `src/d${n % folders}`;
  const filler = Array.from({ length: 20 }, (_, at) => `def g${at}(a):\n    return a + ${at}\n\n\n`).join("");
  const source = `${filler}# @requirement REQ-${n}\ndef f${n}():\n    return 1\n`;
  const testSource = `from .m${n} import f${n}\n\n\n# @requirement REQ-${n}\ndef test_f${n}():\n    assert f${n}() == 1\n`;
  return { code: `${folder}/m${n}.py`, test: `${folder}/test_m${n}.py`, source, testSource, row: 20 * 4 + 2 };
}

function requirementFile(from: number): string {
  const items = Array.from({ length: 100 }, (_, at) => {
    const n = from + at;
    return `  - {id: REQ-${n}, rev: 1, level: MUST, method: mutation, text: "The program MUST do what number ${n} of the list says.", source: {doc: list, section: "${n}"}, since: "1.0"}`;
  });
  return `schema: lockkeeper/requirements/v1\ntitle: Part ${from}\nsources:\n  list: {title: "A list", date: "2026-01-01"}\nrequirements:\n${items.join("\n")}\n`;
}
