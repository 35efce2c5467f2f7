import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { err, ok, type Problem, type Report, type Result, type RunFacts } from "../../src/index.js";
import { canonicalJson } from "./canonical-json.js";
import type { Sources } from "./findings.js";
import { htmlReport } from "./html-report.js";
import { junitReport } from "./junit-report.js";
import { markdownReport } from "./markdown-report.js";
import { sarifReport } from "./sarif-report.js";

/** What differs from run to run, without what is computed here. */
export type RunFactsInput = Omit<RunFacts, "schema" | "report_sha256">;

/** Every format as text, by file name. `run.json` comes last: it names the hash of `report.json`. */
export function reportFiles(report: Report, run: RunFactsInput, sources: Sources): ReadonlyMap<string, string> {
  const json = canonicalJson(report);
  const facts: RunFacts = {
    schema: "lockkeeper/run/v1",
    report_sha256: createHash("sha256").update(json).digest("hex"),
    ...run,
  };
  return new Map([
    ["report.json", json],
    ["report.md", markdownReport(report)],
    ["report.html", htmlReport(report, sources)],
    ["report.junit.xml", junitReport(report)],
    ["report.sarif", sarifReport(report, sources)],
    ["run.json", canonicalJson(facts)],
  ]);
}

/**
 * Writes all formats into a folder, which is made where it is missing. Everything is written beside first and moved into
 * place only when all of it is there: when writing fails, the last report stays as it was.
 *
 * @param sources - texts of the files that the report speaks of
 * @returns the paths written; on failure `internal/io`
 * @requirement HAR-05
 */
export async function writeReports(
  folder: string,
  report: Report,
  run: RunFactsInput,
  sources: Sources,
): Promise<Result<readonly string[], Problem>> {
  const files = reportFiles(report, run, sources);
  let beside: string | undefined;
  try {
    await mkdir(folder, { recursive: true });
    beside = await folderBeside(folder);
    for (const [name, text] of files) {
      const there = await stat(join(folder, name)).catch(() => undefined);
      if (there?.isDirectory()) throw new Error(`${name} is a folder`);
      await writeFile(join(beside, name), text);
    }
    for (const name of files.keys()) await rename(join(beside, name), join(folder, name));
    return ok([...files.keys()].map((name) => join(folder, name)));
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    return err({ code: "internal/io", message: `the report could not be written: ${reason}`, place: { file: folder } });
  } finally {
    if (beside !== undefined) await rm(beside, { recursive: true });
  }
}

/** A folder of our own in the folder, so that moving a file into place is one step. */
function folderBeside(folder: string): Promise<string> {
  return mkdtemp(join(folder, ".writing-"));
}
