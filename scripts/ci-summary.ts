/**
 * Counts what a CI run really executed, from the files it wrote, and prints the closing line `N passed, N failed`.
 * Results that are not there are a failure: a step that died must not look like one that had nothing to do.
 *
 * usage: tsx scripts/ci-summary.ts --steps-failed N
 */
import { readFileSync } from "node:fs";
import { readJunit } from "../conformance/evidence/index.js";
import { isRecord } from "../src/index.js";

/** What one source of results has to say. */
export type Count = { readonly passed: number; readonly failed: number; readonly skipped: number };

const lost: Count = { passed: 0, failed: 1, skipped: 0 };

/** Counts the tests of a JUnit file; a text that is none counts as one failure. */
export function countJunit(text: string): Count {
  const results = readJunit(text);
  if (!results.ok || results.value.length === 0) return lost;
  const of = (status: string) => results.value.filter((one) => one.status === status).length;
  return { passed: of("pass"), failed: of("fail"), skipped: of("skip") };
}

/** Counts the checks of a conformance report; its verdict is one more. */
export function countReport(text: string): Count {
  const report: unknown = JSON.parse(text);
  if (!isRecord(report) || !Array.isArray(report.checks)) return lost;
  const statuses = report.checks.map((check: unknown) => (isRecord(check) ? check.status : undefined));
  const good = statuses.filter((status) => status === "pass" || status === "xfail").length;
  const skipped = statuses.filter((status) => status === "skip").length;
  const verdict = report.verdict === "PASS";
  return { passed: good + (verdict ? 1 : 0), failed: statuses.length - good - skipped + (verdict ? 0 : 1), skipped };
}

/** Adds up. */
export function total(counts: readonly Count[]): Count {
  return counts.reduce(
    (sum, one) => ({
      passed: sum.passed + one.passed,
      failed: sum.failed + one.failed,
      skipped: sum.skipped + one.skipped,
    }),
    { passed: 0, failed: 0, skipped: 0 },
  );
}

function read(what: string, file: string, count: (text: string) => Count): Count {
  let counted = lost;
  try {
    counted = count(readFileSync(file, "utf8"));
  } catch (error) {
    console.log(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  console.log(`${what}: ${counted.passed} passed, ${counted.failed} failed, ${counted.skipped} skipped`);
  return counted;
}

const flag = process.argv.indexOf("--steps-failed");
if (flag !== -1) {
  const steps = Number(process.argv[flag + 1]);
  const { passed, failed, skipped } = total([
    read("unit tests", "reports/ci/vitest.xml", countJunit),
    read("policy tests", "reports/ci/policy.xml", countJunit),
    read("conformance", "reports/report.json", countReport),
    { passed: 0, failed: Number.isSafeInteger(steps) ? steps : 1, skipped: 0 },
  ]);
  console.log(`${passed} passed, ${failed} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}
