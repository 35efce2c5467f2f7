import { XMLBuilder } from "fast-xml-parser";
import { printable } from "../../model/index.js";
import type { TestResult } from "../../policy/index.js";

/** Writes test results as JUnit XML: one suite for each package. Durations are in seconds. */
export function junitResults(tests: readonly TestResult[]): string {
  const packages = [...new Set(tests.map((test) => test.package))];
  const suites = packages.map((name) =>
    suiteOf(
      name,
      tests.filter((test) => test.package === name),
    ),
  );
  const builder = new XMLBuilder({
    ignoreAttributes: false,
    attributeNamePrefix: "@",
    format: true,
    suppressEmptyNode: true,
    suppressBooleanAttributes: false,
  });
  const document = { "?xml": { "@version": "1.0", "@encoding": "UTF-8" }, testsuites: { testsuite: suites } };
  return builder.build(document);
}

function suiteOf(name: string, tests: readonly TestResult[]): object {
  const count = (status: TestResult["status"]) => tests.filter((test) => test.status === status).length;
  return {
    "@name": name,
    "@tests": tests.length,
    "@failures": count("fail"),
    "@errors": count("error"),
    "@skipped": count("skip"),
    "@time": seconds(tests.reduce((sum, { duration_ns }) => sum + duration_ns, 0)),
    testcase: tests.map(caseOf),
  };
}

function caseOf(test: TestResult): object {
  const head = {
    "@classname": test.package,
    "@name": printable(test.name),
    "@file": test.file,
    "@line": test.row,
    "@time": seconds(test.duration_ns),
  };
  const output = test.output === undefined || test.output === "" ? {} : { "system-out": printable(test.output) };
  if (test.status === "pass") return { ...head, ...output };
  if (test.status === "skip") return { ...head, skipped: "", ...output };
  const message = test.fail === null ? (test.error ?? "failed") : `${test.fail.file}:${test.fail.row}`;
  const body = { "@message": printable(message), "#text": printable(test.fail?.expr ?? test.error ?? "") };
  return { ...head, [test.status === "fail" ? "failure" : "error"]: body, ...output };
}

function seconds(nanoseconds: number): string {
  return (nanoseconds / 1e9).toFixed(6);
}
