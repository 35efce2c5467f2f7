import { spawn } from "node:child_process";
import { hash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { err, type Problem, type Result } from "../../src/index.js";
import { type MutationReport, readMutationReport } from "../mutation/index.js";
import type { HashedPlace, Provable } from "./provable.js";

/** What Stryker is asked. */
export type StrykerQuestion = {
  /** The repository's root. */
  readonly root: string;
  /** The lines to break. */
  readonly places: readonly Pick<HashedPlace, "file" | "row" | "end_row">[];
  /** The files of the tests that may notice. */
  readonly testFiles: readonly string[];
  /** Changes with everything that results depend on but the tests: then nothing of an earlier run is used. */
  readonly key: string;
  /** Ask again what an earlier run answered. */
  readonly force: boolean;
  readonly progress: (line: string) => void;
};

/** Files that Stryker's vitest runner can mutate. */
export function isTypeScript({ kind, file }: Pick<HashedPlace, "kind" | "file">): boolean {
  return kind === "code" && scriptName.test(file);
}

const scriptName = /\.[cm]?[jt]sx?$/;

/** The files of the tests that cite a requirement and that its runner can run, sorted, each once. */
export function testFilesOf(provables: readonly Provable[]): readonly string[] {
  const tests = provables.flatMap(({ trials }) => trials.filter(({ kind }) => kind === "test"));
  const files = tests.map(({ file }) => file).filter((file) => scriptName.test(file));
  return [...new Set(files)].sort();
}

/** Of tests, the file that stands beside a place's own and bears its name; none where there is no such file among them. */
export function ownTestFile({ file }: Pick<HashedPlace, "file">, testFiles: readonly string[]): string | undefined {
  const stem = file.replace(scriptName, "");
  return testFiles.find((one) => one.startsWith(`${stem}.`) && scriptName.test(one) && one !== file);
}

const deadlineMs = 3_600_000;
const folderName = ".lockkeeper/stryker";

/**
 * Breaks lines of TypeScript with Stryker and its vitest runner, in a copy of the repository under `.lockkeeper/`.
 * Every test that notices is told, not the first alone, so that one that cites the requirement is among them.
 *
 * @returns on failure one problem: Stryker is not installed, a test fails as it is, or it ran for an hour
 */
export async function runStryker(question: StrykerQuestion): Promise<Result<MutationReport, readonly Problem[]>> {
  const bin = strykerBin(question.root);
  if (bin === undefined) return err([notInstalled]);
  const folder = join(question.root, folderName);
  const run = String(process.pid);
  const report = join(folder, `${run}.report.json`);
  const settings = join(folder, `${run}.config.json`);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(settings, `${JSON.stringify(settingsOf(question, run), null, 2)}\n`);
    const { how, tail } = await start(bin, settings, question);
    const text = await readFile(report, "utf8").catch(() => undefined);
    if (text === undefined) return err([failed(how, tail)]);
    return readMutationReport(text, `${folderName}/${run}.report.json`);
  } finally {
    await Promise.all([settings, report].map((path) => rm(path, { force: true })));
    await rm(join(folder, `${run}.copy`), { recursive: true, force: true });
  }
}

function settingsOf({ places, testFiles, key, force }: StrykerQuestion, run: string): object {
  const ranges = places.map(({ file, row, end_row }) => `${literal(file)}:${row}-${end_row}`);
  return {
    mutate: [...new Set(ranges)].sort(),
    testFiles: testFiles.map(literal),
    testRunner: "vitest",
    plugins: ["@stryker-mutator/vitest-runner"],
    checkers: [],
    coverageAnalysis: "perTest",
    disableBail: true,
    // A mutant that runs only while files are loaded would be shown to every test; it is told as not tried instead.
    ignoreStatic: true,
    concurrency: 2,
    incremental: true,
    incrementalFile: `${folderName}/${hash("sha256", key).slice(0, 32)}.incremental.json`,
    force,
    tempDirName: `${folderName}/${run}.copy`,
    reporters: ["json", "progress-append-only"],
    jsonReporter: { fileName: `${folderName}/${run}.report.json` },
    ignorePatterns: [".lockkeeper", "dist", "reports"],
    allowEmpty: true,
    // It would write into every file, and into pages that tests compare byte for byte; vitest checks no types anyway.
    disableTypeChecks: false,
    // Rewriting it needs TypeScript's own parser, which TypeScript 7 does not have; vitest does without.
    tsconfigFile: `${folderName}/none.json`,
    // A test that does not import what is broken runs it elsewhere, if at all, and can notice nothing.
    vitest: { related: true },
  };
}

/** Paths are taken for globs: what means something in one is escaped. */
function literal(path: string): string {
  return path.replace(/[\\*?[\]{}()!+@]/g, "\\$&");
}

function strykerBin(root: string): string | undefined {
  try {
    const manifest = createRequire(join(root, "package.json")).resolve("@stryker-mutator/core/package.json");
    return join(manifest, "../bin/stryker.js");
  } catch {
    return undefined;
  }
}

function start(bin: string, settings: string, { root, progress }: StrykerQuestion) {
  return new Promise<{ readonly how: string; readonly tail: string }>((resolve) => {
    const child = spawn(process.execPath, [bin, "run", settings], {
      cwd: root,
      env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: deadlineMs,
      killSignal: "SIGKILL",
    });
    let tail = "";
    const keep = (chunk: Buffer) => {
      tail = (tail + stripVTControlCharacters(chunk.toString("utf8"))).slice(-8000);
      progress(`Stryker: ${tail.trimEnd().split("\n").at(-1) ?? ""}`);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.on("error", (error) => resolve({ how: error.message, tail }));
    child.on("close", (code, signal) => resolve({ how: signal ?? `exit code ${code}`, tail }));
  });
}

const notInstalled: Problem = {
  code: "usage/missing",
  message: "Stryker is not installed here, and TypeScript is cited",
  hint: "npm install --save-dev @stryker-mutator/core @stryker-mutator/vitest-runner",
};

function failed(how: string, tail: string): Problem {
  const lines = tail.split("\n").filter((line) => line.trim() !== "");
  const at = lines.findIndex((line) => /\bERROR\b/.test(line));
  const told = lines.slice(Math.max(0, at), Math.max(0, at) + 6).join("\n");
  return { code: "conform/failed", message: `Stryker left no report (${how})`, hint: told || "it said nothing" };
}
