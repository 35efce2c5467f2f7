import { printable } from "../../model/index.js";
import type { Coverage, PolicyTree, TestResult } from "../../policy/index.js";
import type { Terminal } from "../terminal.js";
import type { FailureValues } from "./failure-values.js";
import { percentOf, rangeText } from "./merge-coverage.js";
import { type PolicyFolder, shownFile } from "./policy-folder.js";

/** How many tests ended how. A test that broke counts as failed. */
export type TestCounts = { readonly passed: number; readonly failed: number; readonly skipped: number };

/** Counts results. */
export function countsOf(tests: readonly TestResult[]): TestCounts {
  const count = (...states: readonly string[]) => tests.filter(({ status }) => states.includes(status)).length;
  return { passed: count("pass"), failed: count("fail", "error"), skipped: count("skip") };
}

/** Says of each test that failed where it is, which expression was not true, and what it printed. */
export function failureLines(
  tests: readonly TestResult[],
  values: FailureValues,
  tree: PolicyTree,
  folder: PolicyFolder,
  terminal: Terminal,
): string[] {
  return tests
    .filter(({ status }) => status === "fail" || status === "error")
    .flatMap((test) => {
      const place = `${shownFile(test.file, folder)}:${test.row}`;
      const lines = [`${terminal.paint("red", "FAIL")} ${place} ${test.package}.${test.name}`];
      if (test.error !== undefined) lines.push(...indented(test.error, 2));
      if (test.fail !== null) {
        const name = shownFile(test.fail.file, folder);
        lines.push(`  not true: ${name}:${test.fail.row}`, ...indented(expression(test.fail, tree), 4));
        const known = Object.entries(values.get(`${test.package}.${test.name}`) ?? {});
        lines.push(...known.flatMap(([variable, value]) => indented(`where ${variable} = ${value}`, 6)));
      }
      const failedCases = (test.cases ?? []).filter(({ status }) => status === "fail");
      if (failedCases.length > 0) lines.push(`  cases: ${failedCases.map(({ name }) => name.join(" ")).join(", ")}`);
      if (test.output !== undefined && test.output !== "") lines.push("  printed:", ...indented(test.output, 4));
      return lines;
    });
}

/** The expression as it stands in the source, with its `with` modifiers; at most eight lines. */
function expression(fail: NonNullable<TestResult["fail"]>, tree: PolicyTree): string {
  const source = [...tree.tests, ...tree.modules].find(({ path }) => path === fail.file)?.text.split("\n") ?? [];
  const lines = fail.expr.split("\n");
  const first = source[fail.row - 1]?.trim();
  const shown = first?.includes(lines[0]?.trim() ?? "") === true ? [first, ...lines.slice(1)] : lines;
  return shown.length > 8 ? [...shown.slice(0, 8), "…"].join("\n") : shown.join("\n");
}

/** A test as JSON tells it: files as they are reached from here, the duration in milliseconds. */
export function testJson(
  { covered: _, duration_ns, ...test }: TestResult,
  values: FailureValues,
  folder: PolicyFolder,
): object {
  const known = values.get(`${test.package}.${test.name}`);
  const fail = test.fail === null ? null : { ...test.fail, file: shownFile(test.fail.file, folder) };
  const more = known === undefined ? {} : { values: known };
  return { ...test, file: shownFile(test.file, folder), fail, ...more, duration_ms: duration_ns / 1e6 };
}

/** One line that says it all. */
export function summaryLine(tests: readonly TestResult[], seconds: number, terminal: Terminal): string {
  const { passed, failed, skipped } = countsOf(tests);
  const word = failed === 0 ? terminal.paint("green", "PASS") : terminal.paint("red", "FAIL");
  return `${word} ${passed} passed, ${failed} failed, ${skipped} skipped in ${seconds} s`;
}

/** A row for each file that tests do not reach whole, with the lines they miss, and the total. */
export function coverageLines(coverage: Coverage, folder: PolicyFolder): string[] {
  const files = Object.entries(coverage.files).sort(([a], [b]) => (a < b ? -1 : 1));
  const gaps = files.filter(([, { not_covered }]) => not_covered.length > 0);
  const width = Math.max(0, ...gaps.map(([file]) => shownFile(file, folder).length));
  return [
    ...gaps.map(([file, lines]) => {
      const percent = `${percentOf(lines).toFixed(1)} %`.padStart(8);
      return `${shownFile(file, folder).padEnd(width)} ${percent}  not reached: ${rangeText(lines.not_covered)}`;
    }),
    `coverage ${coverage.percent.toFixed(2)} % of lines in ${files.length} files`,
  ];
}

function indented(text: string, by: number): string[] {
  return text.split("\n").map((line) => `${" ".repeat(by)}${printable(line.replaceAll("\t", "  "))}`);
}
